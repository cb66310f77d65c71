#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/credentials.hpp"

namespace pinnace::config {

/// The secrets that a job came to know, so that what others echo of them is not shown. Safe to call
/// from several threads.
class KnownSecrets {
 public:
  /// Remembers a secret in the forms in which it may come back: as it is, percent-encoded (also as
  /// forms do), escaped in JSON, in HTML or for a message.
  void add(std::string_view secret);
  /// Their secrets so, and in Base64, as they are sent: each one, and "user:password".
  void add(const Credentials& credentials);
  /// `text` with "REDACTED" for each of them, and for what a cut ("...") left of one. Those of less
  /// than 6 bytes count as whole words only.
  std::string mask(std::string text) const;

 private:
  friend class MaskedStream;
  struct Part {
    std::string text;
    std::size_t taken = 0;  ///< bytes of what was to be masked
  };
  /// Masks what is certain of `text`: unless it is the end, one of them may begin in what is not
  /// taken. `before`: the byte before it.
  Part mask_part(std::string_view text, char before, bool is_end) const;
  Part mask_locked(std::string_view text, char before, bool is_end) const;

  mutable std::mutex m_mutex;
  std::vector<base::Secret> m_forms;    ///< the longest first
  std::array<bool, 256> m_starts = {};  ///< by byte: whether one of them begins with it
};

/// Masks what comes in parts that end anywhere, also in the middle of a secret. What may be the
/// beginning of one is held until more comes.
class MaskedStream {
 public:
  /// `secrets` outlive it; it knows those that are added while it is used.
  explicit MaskedStream(const KnownSecrets& secrets) : m_secrets(secrets) {}

  /// What can be shown now.
  std::string add(std::string_view bytes) { return take(bytes, false); }
  /// The rest.
  std::string finish() { return take({}, true); }

 private:
  std::string take(std::string_view bytes, bool is_end);

  const KnownSecrets& m_secrets;
  std::string m_held;
  char m_before = '\0';
};

/// Hands on what another store finds, and remembers its secrets.
class RememberingCredentials final : public CredentialStore {
 public:
  RememberingCredentials(std::shared_ptr<const CredentialStore> inner,
                         std::shared_ptr<KnownSecrets> secrets)
      : m_inner(std::move(inner)), m_secrets(std::move(secrets)) {}

  std::optional<Credentials> find(const base::Context& context, std::string_view registry_domain,
                                  std::string_view repository) const override;
  void note(std::string_view secret) const override;

 private:
  std::shared_ptr<const CredentialStore> m_inner;
  std::shared_ptr<KnownSecrets> m_secrets;
};

}  // namespace pinnace::config
