# shellcheck shell=sh
# A login shell finds CKAN's programs, as every other process does.
PATH=/usr/lib/ckan/bin:$PATH
PS1='ckan:\w\$ '
