#!/bin/sh
# The shop: `shop serve` serves the site, `shop version` says what it is made of.
case "${1:-serve}" in
  serve) exec busybox httpd -f -p "${SHOP_PORT:-8080}" -h /srv/shop ;;
  version) echo "shop $(cat /srv/shop/version) on Debian $(cat /etc/debian_version), user $(id -u)" ;;
  *) echo "usage: shop [serve|version]" >&2; exit 2 ;;
esac
