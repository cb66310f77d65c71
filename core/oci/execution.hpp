#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"

namespace pinnace::oci {

/// The PATH of a program whose image says none, as other builders and runtimes have it.
inline constexpr const char* k_default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// "NAME=VALUE", in an order that programs see.
class Variables {
 public:
  Variables() = default;
  /// As others have written them: a name may be there twice, and may have no "=".
  explicit Variables(std::vector<std::string> texts) : m_texts(std::move(texts)) {}

  const std::vector<std::string>& texts() const noexcept { return m_texts; }
  /// The last value, as it counts.
  std::optional<std::string> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// In its place, or at the end. What others have written is normalized before.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// Each name is there once, as NAME=VALUE, where it was first and with its last value.
  void normalize();

 private:
  std::vector<std::string> m_texts;
  std::map<std::string, std::size_t, std::less<>> m_places;  ///< if they are normal
  bool m_is_normal = false;
};

/// How the programs of an image run: the "config" of its configuration (OCI image specification,
/// config.md). nullopt: not said. What is not changed is written as it was read.
struct Execution {
  using Texts = std::vector<std::string>;
  /// Names, each with an empty object as others write it.
  using Names = std::map<std::string, nlohmann::json>;

  std::optional<std::string> user;  ///< "user[:group]", names or numbers
  std::optional<std::string> directory;
  std::optional<std::string> stop_signal;
  std::optional<Variables> environment;
  std::optional<Texts> entrypoint;
  std::optional<Texts> command;
  std::optional<Texts> shell;     ///< of commands in the shell form
  std::optional<Texts> triggers;  ///< instructions for who builds on it: ONBUILD
  std::optional<Names> ports;     ///< "8080/tcp"
  std::optional<Names> volumes;
  std::optional<std::map<std::string, std::string>> labels;
  nlohmann::json others = nlohmann::json::object();  ///< not known, or null

  /// Throws invalid_input for members of a wrong type.
  static Execution parse(const json::Node& object);
  nlohmann::json to_json() const;
  /// Says in one way what images say in several: what is null is not said, and the environment is
  /// normal.
  void normalize();
  /// The environment, or an empty one.
  const Variables& variables() const;
  Texts shell_or_default() const;
};

/// The member, which was made if it was not said.
template <class Value>
Value& made(std::optional<Value>& member) {
  return member ? *member : member.emplace();
}

}  // namespace pinnace::oci
