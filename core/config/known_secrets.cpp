#include "config/known_secrets.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <span>

#include "base/shown.hpp"
#include "text/base64.hpp"
#include "web/url.hpp"

namespace pinnace::config {

namespace {

constexpr std::string_view k_redacted = "REDACTED";
/// A shorter one is part of too many words.
constexpr std::size_t k_long = 6;
/// What a cut leaves is known again from so many bytes on.
constexpr std::size_t k_least_rest = 3;
constexpr std::size_t k_max_forms = 4096;

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

enum class Found { no, yes, unsure };

/// Whether `rest`, which more may follow unless it is the end, begins with a secret.
Found find_in_front(std::string_view rest, std::string_view secret, char before, bool is_end) {
  const bool is_word = secret.size() < k_long;
  if (is_word && is_word_character(before)) return Found::no;
  if (rest.size() < secret.size())
    return !is_end && secret.starts_with(rest) ? Found::unsure : Found::no;
  if (!rest.starts_with(secret)) return Found::no;
  if (!is_word) return Found::yes;
  if (rest.size() == secret.size()) return is_end ? Found::yes : Found::unsure;
  return is_word_character(rest[secret.size()]) ? Found::no : Found::yes;
}

/// "...: wrong password sesa..." is cut within the secret.
void replace_cut(std::string& text, std::string_view secret) {
  for (std::size_t dots = 0; (dots = text.find("...", dots)) != std::string::npos; dots += 3) {
    const std::string_view before = std::string_view(text).substr(0, dots);
    for (std::size_t size = std::min(secret.size() - 1, before.size()); size >= k_least_rest;
         --size) {
      if (!before.ends_with(secret.substr(0, size))) continue;
      text.replace(dots - size, size, k_redacted);
      dots += k_redacted.size() - size;
      break;
    }
  }
}

/// "%2F" as "%2f".
std::string with_small_digits(std::string encoded) {
  for (std::size_t at = 0; (at = encoded.find('%', at)) != std::string::npos; at += 3) {
    for (char& digit : std::span(encoded).subspan(at + 1, 2)) {
      if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
    }
  }
  return encoded;
}

/// Each pair in its turn.
std::string replaced(std::string text,
                     std::initializer_list<std::pair<const char*, const char*>> pairs) {
  for (const auto& [from, to] : pairs) {
    const std::string_view name(from);
    const std::string_view with(to);
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += with.size())
      text.replace(at, name.size(), with);
  }
  return text;
}

std::vector<std::string> forms_of(std::string_view secret) {
  const std::string plain(secret);
  const std::string encoded = web::percent_encode(secret);
  std::vector<std::string> forms{plain, base::printable(secret), encoded,
                                 with_small_digits(encoded)};
  for (const bool ascii : {false, true}) {
    const std::string json =
        nlohmann::json(plain).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::replace);
    forms.push_back(json.substr(1, json.size() - 2));
  }
  forms.push_back(replaced(encoded, {{"%20", "+"}}));
  for (const char* quote : {"&quot;", "&#34;"}) {
    for (const char* apostrophe : {"&#39;", "'"})
      forms.push_back(replaced(
          plain, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", quote}, {"'", apostrophe}}));
  }
  return forms;
}

/// With and without padding, in both alphabets (RFC 4648).
std::vector<std::string> base64_of(std::string_view secret) {
  std::vector<std::string> result{text::base64_encode(secret)};
  result.push_back(result[0].substr(0, result[0].find('=')));
  for (const std::size_t i : {0U, 1U}) {
    std::string safe = result[i];
    std::replace(safe.begin(), safe.end(), '+', '-');
    std::replace(safe.begin(), safe.end(), '/', '_');
    result.push_back(std::move(safe));
  }
  return result;
}

}  // namespace

void KnownSecrets::add(std::string_view secret) {
  if (secret.empty()) return;
  const std::lock_guard lock(m_mutex);
  for (std::string& form : forms_of(secret)) {
    const auto same = [&](const base::Secret& known) { return known.text() == form; };
    const bool known = std::any_of(m_forms.begin(), m_forms.end(), same);
    if (!known && m_forms.size() < k_max_forms) {
      m_starts.at(static_cast<unsigned char>(form.front())) = true;
      m_forms.emplace_back(std::move(form));
    }
    base::wipe(form);
  }
  std::stable_sort(m_forms.begin(), m_forms.end(),
                   [](const auto& a, const auto& b) { return a.text().size() > b.text().size(); });
}

void KnownSecrets::add(const Credentials& credentials) {
  add(credentials.password);
  add(credentials.identity_token);
  add(credentials.registry_token);
  const auto add_encoded = [this](std::string_view secret) {
    if (secret.empty()) return;
    for (std::string& form : base64_of(secret)) {
      add(form);
      base::wipe(form);
    }
  };
  add_encoded(credentials.password);
  add_encoded(credentials.identity_token);
  add_encoded(credentials.registry_token);
  if (credentials.password.empty()) return;
  add_encoded(base::Secret::join({credentials.username, ":", credentials.password}).text());
}

std::string KnownSecrets::mask(std::string text) const {
  const std::lock_guard lock(m_mutex);
  text = mask_locked(text, '\0', true).text;
  for (const base::Secret& form : m_forms) replace_cut(text, form.text());
  return text;
}

KnownSecrets::Part KnownSecrets::mask_part(std::string_view text, char before, bool is_end) const {
  const std::lock_guard lock(m_mutex);
  return mask_locked(text, before, is_end);
}

KnownSecrets::Part KnownSecrets::mask_locked(std::string_view text, char before,
                                             bool is_end) const {
  const auto starts = [&](char c) { return m_starts[static_cast<unsigned char>(c)]; };
  Part part;
  while (part.taken < text.size()) {
    const std::string_view rest = text.substr(part.taken);
    const auto plain =
        static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), starts) - rest.begin());
    if (plain > 0) {
      part.text += rest.substr(0, plain);
      part.taken += plain;
      continue;
    }
    const char left = part.taken == 0 ? before : text[part.taken - 1];
    Found found = Found::no;
    std::size_t size = 0;
    for (const base::Secret& form : m_forms) {
      if (form.text().front() != rest.front()) continue;
      found = find_in_front(rest, form.text(), left, is_end);
      size = form.text().size();
      if (found != Found::no) break;
    }
    if (found == Found::unsure) break;
    part.text += found == Found::yes ? k_redacted : rest.substr(0, 1);
    part.taken += found == Found::yes ? size : 1;
  }
  return part;
}

std::string MaskedStream::take(std::string_view bytes, bool is_end) {
  m_held += bytes;
  KnownSecrets::Part part = m_secrets.mask_part(m_held, m_before, is_end);
  if (part.taken > 0) m_before = m_held[part.taken - 1];
  m_held.erase(0, part.taken);
  return std::move(part.text);
}

std::optional<Credentials> RememberingCredentials::find(const base::Context& context,
                                                        std::string_view registry_domain,
                                                        std::string_view repository) const {
  std::optional<Credentials> found = m_inner->find(context, registry_domain, repository);
  if (found) m_secrets->add(*found);
  return found;
}

void RememberingCredentials::note(std::string_view secret) const {
  m_secrets->add(secret);
}

}  // namespace pinnace::config
