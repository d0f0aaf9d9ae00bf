"""Which Debian package brings a C header that a compiler misses."""

from __future__ import annotations

import re

_PACKAGES = {
    r"proj(_api)?\.h": ("libproj-dev", "proj-bin"),
    r"geos_c\.h": ("libgeos-dev",),
    r"gdal\.h|cpl_\w+\.h": ("libgdal-dev",),
    r"libxml/\S+\.h": ("libxml2-dev", "libxslt1-dev"),
    r"libxslt/\S+\.h": ("libxml2-dev", "libxslt1-dev"),
    r"xmlsec/\S+\.h": ("libxmlsec1-dev",),
    r"ffi\.h": ("libffi-dev",),
    r"openssl/\S+\.h": ("libssl-dev",),
    r"lber\.h|ldap\.h": ("libldap2-dev", "libsasl2-dev"),
    r"sasl/sasl\.h|sasl\.h": ("libsasl2-dev",),
    r"zlib\.h": ("zlib1g-dev",),
    r"jpeglib\.h": ("libjpeg-dev",),
    r"yaml\.h": ("libyaml-dev",),
    r"mysql\.h": ("default-libmysqlclient-dev",),
    r"spatialindex/\S+\.h": ("libspatialindex-dev",),
    r"magic\.h": ("libmagic-dev",),
    r"snappy\S*\.h": ("libsnappy-dev",),
    r"leveldb/\S+\.h": ("libleveldb-dev",),
}
_PROGRAMS = {
    "proj executable not found": ("libproj-dev", "proj-bin"),
    "gdal-config": ("libgdal-dev",),
    "geos-config": ("libgeos-dev",),
    "xslt-config": ("libxml2-dev", "libxslt1-dev"),
    "Please make sure the libxml2 and libxslt": ("libxml2-dev", "libxslt1-dev"),
}


def packages_for(said: str) -> tuple[str, ...]:
    """Return the Debian packages that what a compiler or a build program said asks for; none where it is not known."""
    missing = re.findall(r"fatal error: (\S+): No such file or directory", said)
    wanted = [each for header in missing for pattern, each in _PACKAGES.items() if re.fullmatch(pattern, header)]
    wanted += [each for words, each in _PROGRAMS.items() if words in said]
    return tuple(dict.fromkeys(package for packages in wanted for package in packages))
