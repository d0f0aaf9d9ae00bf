"""Commands of CKAN that must do in a spare container what they do in a new one.

``{name}`` is one word in the warm run and another in the cold one. Some have a second column: what is typed.
"""

from __future__ import annotations

WORDS = """

-- -h
-- --help
no-such-command
--no-such-option
-c /no/such.ini db version
-c /run/datacats/ckan.ini db version
-c /project/ckan.ini db version
activity --help
asset --help
asset build
clean --help
clean users --help
config --help
config describe activity
config describe no_such_plugin
config declaration datastore
config search ckan.site_title
config search no.such.option
config validate
config-tool --help
config-tool /no/such.ini a=b
config-tool /project/ckan.ini a=b
dataset --help
dataset list
dataset show no-such-dataset
dataset show
dataset delete no-such-dataset
dataset purge no-such-dataset
datastore --help
datastore set-permissions
datastore dump no-such-resource
datastore upgrade
datastore fts-index --help
datastore purge --yes
db --help
db version
db version -p datastore
db version extra
db no-such
db upgrade
db init
db pending-migrations
db duplicate_emails
db clean --help
db downgrade --help
file --help
generate --help
generate config --help
generate config /project/no.ini
generate extension --help
generate migration --help
generate fake-data --help
jobs --help
jobs list
jobs test
jobs list default
jobs show no-such-job
jobs cancel no-such-job
jobs clear
jobs worker --help
notify --help
notify check
notify replace
notify send_emails
plugin-info
profile --help
run --help
sass --help
search-index --help
search-index check
search-index show no-such-dataset
search-index rebuild
search-index rebuild no-such-dataset
search-index rebuild-fast
search-index list-orphans
search-index clear-orphans
search-index clear --help
sysadmin --help
sysadmin list
sysadmin add admin
sysadmin add no-such-user --no-such
sysadmin remove no-such-user
translation --help
translation js
translation mangle --help
translation check-po --help
user --help
user list
user show admin
user show no-such-user
user add {name} email={name}@example.com password=correct-horse fullname=Somebody
user add {name} email={name}@example.com password=correct-horse
user add {name}x password=short email=x@example.com
user token list admin
user token add admin {name}
user remove {name}
user remove no-such-user
views --help
views clean --yes
views clear --yes
shell | print(1 + 1)
shell | import sys; sys.exit(7)
shell | import sys; sys.exit('words')
shell | import sys; sys.stderr.write('aside\\n'); print('\\u20ac'); sys.exit(300)
shell | import sys; print(sys.argv, sys.path[0], sys.flags.safe_path, sys.stdin.isatty())
shell | import os; print(sorted(set(os.environ) - {'HOSTNAME'}), os.getcwd(), os.getuid())
shell | import atexit, threading; atexit.register(print, 'last'); threading.Timer(0.2, print, ['late']).start(); exit(3)
shell | from ckan.plugins import plugin_loaded; print(plugin_loaded('activity'))
shell | import ckan.model as model; print(model.Session.query(model.User).count() > 0)
shell | from ckan.common import config; print(config['ckan.site_url'], config['SECRET_KEY'][:3])
"""

COMMANDS = tuple(line.partition(" | ")[::2] for line in WORDS[1:-1].split("\n"))
"""Each as its words and what is typed."""
