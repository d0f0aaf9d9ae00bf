"""The table of commands: what ``--help`` shows without importing any of them."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, str]
"""(Module below ``datacats.cli``, first sentence of the help)."""

_BEGIN: Mapping[str, Row] = {
    "create": ("create", "Make an environment and bring its site up."),
    "init": ("init", "Make a site for a source directory that is there."),
    "demo-data": ("demo_data", "Load a made-up catalogue into a site."),
}
_RUN: Mapping[str, Row] = {
    "start": ("start", "Bring a site up; touch nothing that already matches."),
    "stop": ("stop", "Stop the containers of a site; they stay, with their logs."),
    "reload": ("reload", "Replace web, and bring everything else up."),
    "restart": ("restart", "Replace one service by a new container, and bring everything else up."),
    "open": ("open", "Open a site in the browser; where there is none, print its address."),
    "service": ("service", "List the services of a site, and switch those that it may have."),
    "link": ("link", "Let a site and OTHER_SITE reach each other's web, to harvest for example."),
    "unlink": ("unlink", "Part a site from OTHER_SITE, which may be gone."),
}
_LOOK: Mapping[str, Row] = {
    "list": ("list", "List the environments, their sites, and where they answer."),
    "info": ("info", "Show what an environment is and where it answers."),
    "status": ("status", "Show how a site is: services, search index, jobs, disk, and what is wrong."),
    "logs": ("logs", "Show the log of web, or of the services named, interleaved."),
    "mail": ("mail", "List the mails that a development site has sent, or show one."),
    "profile": ("profile", "List what pages of a development site cost, or show one."),
    "exec": ("exec", "Run a command inside a running service."),
}
_DEVELOP: Mapping[str, Row] = {
    "test": ("test", "Run an extension's own tests, among databases made for them and removed after."),
    "ckan": ("ckan", "Run a ckan command in a throw-away container."),
    "paster": ("paster", "Run a ckan command by its old spelling."),
    "run": ("run", "Run any program in a throw-away container."),
    "shell": ("shell", "Open a shell in a throw-away container."),
    "python": ("python", "Run Python in a throw-away container, with CKAN to import."),
    "sass": ("sass", "Compile the Sass style sheets of the source directory, each beside its source."),
    "spare": ("spare", "Have a container stand ready with CKAN imported, for the next ckan command."),
}
_EXTEND: Mapping[str, Row] = {
    "generate": ("generate", "Make a new extension or theme in the source directory."),
    "install": ("install", "Install extensions: those in the source directory, and those asked for."),
    "uninstall": ("uninstall", "Take extensions out."),
    "extensions": ("extensions", "List the extensions of an environment, and which of their plugins are enabled."),
}
_DATA: Mapping[str, Row] = {
    "db": ("db", "Save a site's database to a file, or bring one in."),
    "files": ("files", "Save a site's uploaded files to an archive, or bring some in."),
    "psql": ("psql", "Run psql on a site's database, as the role that CKAN has."),
    "solr": ("solr", "Query a site's search core, and print its answer as JSON."),
    "redis-cli": ("redis_cli", "Run redis-cli on a site's Redis, signed in."),
}
_KEEP: Mapping[str, Row] = {
    "doctor": ("doctor", "Look for what is wrong, and what mends it; without ENVIRONMENT in all of them."),
    "upgrade": ("upgrade", "Bring a site to the newest images of its CKAN line."),
    "images": ("images", "List, make and move the images of datacats."),
    "pull": ("pull", "Have the images here before they are needed: from the registry, else built."),
    "tweak": ("tweak", "Change one thing of a site."),
    "config": ("config", "Show, explain, change and check the settings of a site, datacats's and CKAN's."),
    "purge": ("purge", "Remove a site's containers and data."),
}
_HELP: Mapping[str, Row] = {
    "help": ("help", "Show the help of a command, or a text on a topic."),
    "completion": ("completion", "Print the script that completes commands, options and names in a shell."),
}

GROUPS: Mapping[str, Mapping[str, Row]] = {
    "Begin": _BEGIN,
    "Run a site": _RUN,
    "Look at it": _LOOK,
    "Develop": _DEVELOP,
    "Extend CKAN": _EXTEND,
    "Move and query data": _DATA,
    "Keep in order": _KEEP,
    "Find out more": _HELP,
}
"""What one wants to do -> its commands; both in the order in which people meet them."""

COMMANDS: Mapping[str, Row] = {name: row for rows in GROUPS.values() for name, row in rows.items()}
"""All commands, in that order."""

SUCCESSORS: Mapping[str, str] = {"less": "sass"}
"""Commands of older versions whose work another one does now."""

PASS_THROUGH = frozenset({"ckan", "paster", "run", "shell", "python", "psql", "solr", "redis-cli", "exec", "test"})
"""Commands whose words belong to an inner command, a ``--json`` among them too."""
