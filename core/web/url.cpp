#include "web/url.hpp"

#include <curl/curl.h>
#include <algorithm>

#include <array>
#include <memory>

#include "base/error.hpp"
#include "web/headers.hpp"
#include "web/redact.hpp"

namespace pinnace::web {

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, FreeUrl>;

constexpr std::size_t k_max_url = 16 * 1024;

[[noreturn]] void throw_malformed(std::string_view url, std::string_view why) {
  throw base::Error(base::ErrorCode::invalid_input,
                    "\"" + redact_url(url.substr(0, 512)) + "\" is no usable URL: " +
                        std::string(why) + "; expected http:// or https:// without user info");
}

void set_url(CURLU* handle, std::string_view url, std::string_view shown) {
  if (url.size() > k_max_url) throw_malformed(shown, "it is longer than 16 KiB");
  const std::string text(url);
  if (text.find('\0') != std::string::npos) throw_malformed(shown, "it has a zero byte");
  const CURLUcode code =
      curl_url_set(handle, CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
  if (code != CURLUE_OK) throw_malformed(shown, curl_url_strerror(code));
}

std::string part_of(CURLU* handle, CURLUPart part, unsigned flags, std::string_view shown) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(handle, part, &text, flags);
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
  if (code != CURLUE_OK) throw_malformed(shown, curl_url_strerror(code));
  return text;
}

void check_scheme(CURLU* handle, std::string_view shown) {
  const std::string scheme = part_of(handle, CURLUPART_SCHEME, 0, shown);
  if (scheme != "http" && scheme != "https") throw_malformed(shown, "its scheme is " + scheme);
}

UrlHandle parse_url(std::string_view url) {
  UrlHandle handle(curl_url());
  set_url(handle.get(), url, url);
  check_scheme(handle.get(), url);
  return handle;
}

}  // namespace

Origin origin_of(std::string_view url) {
  const UrlHandle handle = parse_url(url);
  return {part_of(handle.get(), CURLUPART_SCHEME, 0, url),
          lower_case(part_of(handle.get(), CURLUPART_HOST, 0, url)),
          part_of(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT, url)};
}

std::string resolve_url(std::string_view base, std::string_view location) {
  const UrlHandle handle = parse_url(base);
  set_url(handle.get(), location, location);
  check_scheme(handle.get(), location);
  return part_of(handle.get(), CURLUPART_URL, 0, location);
}

std::string file_name_of(std::string_view url) {
  const UrlHandle handle = parse_url(url);
  const std::string path = part_of(handle.get(), CURLUPART_PATH, 0, url);
  const std::string last = path.substr(path.rfind('/') + 1);
  std::string name = percent_decode(last);
  const bool usable = name != "." && name != ".." && name.find('/') == std::string::npos &&
                      name.find('\0') == std::string::npos;
  return usable ? name : std::string();
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view k_plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string result;
  result.reserve(3 * text.size());  // it may be a secret, which would leave copies while it grows
  for (const char c : text) {
    if (k_plain.find(c) != std::string_view::npos) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += {'%', k_hex[byte >> 4], k_hex[byte & 15]};
    }
  }
  return result;
}

std::string percent_decode(std::string_view text) {
  if (text.empty()) return {};  // curl would look for an end itself
  int size = 0;
  const std::unique_ptr<char, decltype(&curl_free)> decoded(
      curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &size), curl_free);
  return decoded ? std::string(decoded.get(), static_cast<std::size_t>(size)) : std::string();
}

std::string with_query(std::string url, std::string_view name, std::string_view value) {
  url.resize(std::min(url.size(), url.find('#')));  // no server ever sees what stands there
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += name;
  url += '=';
  url += percent_encode(value);
  return url;
}

}  // namespace pinnace::web
