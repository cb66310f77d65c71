#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/url.hpp"

namespace pinnace::http {

/// Which proxy leads to an origin, by the variables that curl and Go's programs obey. A value.
///
/// http_proxy is for http, https_proxy for https, all_proxy for both where these are not set; each
/// also in capitals, after the small ones. HTTP_PROXY in capitals is not read where REQUEST_METHOD
/// is set: in a CGI program it is a header of whoever asks (CVE-2016-5385). Loopback is always
/// reached directly, and so is what no_proxy has, a list by commas or blanks of:
///
/// - `*`: everything.
/// - an address, or a network as 10.0.0.0/8.
/// - a domain, with or without a dot in front: that host, and all below it. `*.domain`: those
/// below.
///
/// Addresses and domains may have a port behind them, and are then for that port only.
class ProxyRules {
 public:
  /// The value of a variable; empty if it is not set.
  using Lookup = std::function<std::string(const char* name)>;

  ProxyRules() = default;
  static ProxyRules from_environment();
  static ProxyRules from(const Lookup& variable);

  /// The proxy as curl takes it; empty: none.
  std::string proxy_for(const web::Origin& origin) const;
  /// A user and a password.
  using Login = std::pair<std::string, std::string>;
  /// Those in the variables, each as it is written and percent-decoded.
  std::vector<Login> logins() const;

 private:
  bool is_direct(const web::Origin& origin) const;

  std::string m_http;
  std::string m_https;
  std::vector<std::string> m_direct;  ///< the entries of no_proxy, lower case
};

}  // namespace pinnace::http
