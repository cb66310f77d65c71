#include "definition/image_config.hpp"

#include <algorithm>
#include <charconv>

#include "base/quote.hpp"
#include "oci/signal_name.hpp"
#include "text/path.hpp"

namespace pinnace::definition {

using base::quote;
using yaml::Node;

namespace {

using Texts = std::vector<std::string>;

/// nullopt if the key is not there, empty if it is null or "".
std::optional<std::string> read_text(const Node& map, std::string_view key) {
  const std::optional<Node> node = map.find(key);
  if (!node) return std::nullopt;
  if (node->is_null()) return std::string();
  return node->text().empty() ? std::string() : node->name();
}

/// Arguments: may be empty texts, and hold line ends.
std::optional<Texts> read_command(const Node& map, std::string_view key) {
  const std::optional<Node> node = map.find(key);
  if (!node) return std::nullopt;
  Texts arguments;
  if (node->is_null()) return arguments;
  if (node->kind() == Node::Kind::scalar) {
    node->fail("expected a list for " + quote(node->path()) +
               ", as [java, -jar, shop.jar]; for a shell write [sh, -c, \"...\"]");
  }
  for (const Node& item : node->items()) arguments.push_back(item.text());
  if (!arguments.empty() && arguments.front().empty()) {
    node->items().front().fail("the program in " + quote(node->path()) + " is empty");
  }
  return arguments;
}

template <class Parse>
std::optional<Texts> read_list(const Node& map, std::string_view key, Parse parse) {
  const std::optional<Node> node = map.find(key);
  if (!node) return std::nullopt;
  Texts texts;
  if (node->is_null()) return texts;
  for (const Node& item : node->items()) {
    std::string text = parse(item);
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) {
      item.fail(quote(text) + " is in " + quote(node->path()) + " twice");
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

/// "8080" or "8080/udp"; always with its protocol afterwards.
std::string read_port(const Node& node) {
  const std::string written = node.name();
  const std::size_t slash = written.find('/');
  const std::string number = written.substr(0, slash);
  const std::string protocol = slash == std::string::npos ? "tcp" : written.substr(slash + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), port);
  const bool valid = error == std::errc() && end == number.data() + number.size() && port >= 1 &&
                     port <= 65535 && number.front() != '0' &&
                     (protocol == "tcp" || protocol == "udp" || protocol == "sctp");
  if (!valid) {
    node.fail("expected a port from 1 to 65535 with /tcp, /udp or /sctp, found " + quote(written));
  }
  return number + "/" + protocol;
}

std::string read_volume(const Node& node) {
  node.name();
  return node.convert([](const std::string& text) { return text::absolute_path(text, "volume"); });
}

void check_workdir(const Node& map, std::optional<std::string>& workdir) {
  if (!workdir || workdir->empty()) return;
  workdir = map.get("workdir").convert(
      [](const std::string& text) { return text::absolute_path(text, "workdir"); });
}

/// A name or number, and perhaps a group; as image configurations have it.
void check_user(const Node& map, const std::optional<std::string>& user) {
  if (!user || user->empty()) return;
  const auto is_allowed = [](char c) { return c > ' ' && c != '/' && c != 0x7F; };
  const std::size_t colon = user->find(':');
  const bool valid =
      std::all_of(user->begin(), user->end(), is_allowed) && colon != 0 &&
      colon != user->size() - 1 &&
      (colon == std::string::npos || user->find(':', colon + 1) == std::string::npos);
  if (!valid) map.get("user").fail("expected USER or USER:GROUP for user, found " + quote(*user));
}

void check_signal(const Node& map, const std::optional<std::string>& signal) {
  if (!signal || signal->empty() || oci::is_signal(*signal)) return;
  map.get("stopsignal").fail("expected a signal such as SIGTERM or 15, found " + quote(*signal));
}

bool is_variable_name(const std::string& name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return c == '=' || (static_cast<unsigned char>(c) <= ' ') || c == 0x7F;
  });
}

std::optional<std::string> read_optional(const Node& value) {
  return value.is_null() ? std::nullopt : std::optional(value.text());
}

void read_environment(const Node& map, ImageConfig& config) {
  const std::optional<Node> node = map.find("env");
  if (!node) return;
  for (const auto& [key, value] : node->entries()) {
    const std::string name = key.text();
    if (!is_variable_name(name)) {
      key.fail("expected the name of a variable, without = and spaces, found " + quote(name));
    }
    config.env.emplace_back(name, read_optional(value));
  }
}

void read_labels(const Node& map, ImageConfig& config) {
  const std::optional<Node> node = map.find("labels");
  if (!node) return;
  for (const auto& [key, value] : node->entries())
    config.labels.emplace(key.name(), read_optional(value));
}

}  // namespace

std::map<std::string, std::string> read_texts(const Node& node) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : node.entries()) texts.emplace(key.name(), value.text());
  return texts;
}

ImageConfig read_image_config(const Node& node) {
  node.only(
      {"user", "workdir", "entrypoint", "cmd", "env", "ports", "labels", "volumes", "stopsignal"});
  ImageConfig config;
  config.user = read_text(node, "user");
  config.workdir = read_text(node, "workdir");
  config.stopsignal = read_text(node, "stopsignal");
  config.entrypoint = read_command(node, "entrypoint");
  config.cmd = read_command(node, "cmd");
  config.ports = read_list(node, "ports", read_port);
  config.volumes = read_list(node, "volumes", read_volume);
  read_environment(node, config);
  read_labels(node, config);
  check_workdir(node, config.workdir);
  check_user(node, config.user);
  check_signal(node, config.stopsignal);
  return config;
}

}  // namespace pinnace::definition
