#include "oci/execution.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pinnace::oci {

using Json = nlohmann::json;

namespace {

constexpr std::size_t k_max_items = 100'000;

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

}  // namespace

std::optional<std::string> Variables::find(std::string_view name) const {
  const auto value_in = [&](std::size_t place) {
    return m_texts[place].substr(std::min(name.size() + 1, m_texts[place].size()));
  };
  if (m_is_normal) {
    const auto place = m_places.find(name);
    return place == m_places.end() ? std::nullopt : std::optional(value_in(place->second));
  }
  for (std::size_t place = m_texts.size(); place-- > 0;) {
    if (name_of(m_texts[place]) == name) return value_in(place);
  }
  return std::nullopt;
}

void Variables::set(std::string_view name, std::string_view value) {
  normalize();
  const auto [place, is_new] = m_places.emplace(name, m_texts.size());
  if (is_new) m_texts.emplace_back();
  m_texts[place->second] = std::string(name) + "=" + std::string(value);
}

void Variables::remove(std::string_view name) {
  std::erase_if(m_texts, [&](const std::string& text) { return name_of(text) == name; });
  m_is_normal = false;
}

void Variables::normalize() {
  if (m_is_normal) return;
  const std::vector<std::string> written = std::exchange(m_texts, {});
  m_places.clear();
  m_is_normal = true;
  for (const std::string& text : written) {
    const std::string_view name = name_of(text);
    set(name, std::string_view(text).substr(std::min(name.size() + 1, text.size())));
  }
}

Execution Execution::parse(const json::Node& object) {
  Execution execution;
  execution.others = object.json();
  const auto take = [&](const char* name, auto read) {
    const auto node = object.optional_field(name);
    if (node) execution.others.erase(name);
    return node ? std::optional(read(*node)) : std::nullopt;
  };
  const auto text = [](const json::Node& node) { return node.text(); };
  const auto texts = [](const json::Node& node) { return node.texts(k_max_items); };
  const auto names = [](const json::Node& node) { return node.object().json().get<Names>(); };
  execution.user = take("User", text);
  execution.directory = take("WorkingDir", text);
  execution.stop_signal = take("StopSignal", text);
  execution.environment =
      take("Env", [](const json::Node& node) { return Variables(node.texts(k_max_items)); });
  execution.entrypoint = take("Entrypoint", texts);
  execution.command = take("Cmd", texts);
  execution.shell = take("Shell", texts);
  execution.triggers = take("OnBuild", texts);
  execution.ports = take("ExposedPorts", names);
  execution.volumes = take("Volumes", names);
  execution.labels = take("Labels", [](const json::Node& node) { return node.text_map(); });
  return execution;
}

Json Execution::to_json() const {
  Json object = others;
  const auto put = [&](const char* name, const auto& member) {
    if (member) object[name] = *member;
  };
  put("User", user);
  put("WorkingDir", directory);
  put("StopSignal", stop_signal);
  if (environment) object["Env"] = environment->texts();
  put("Entrypoint", entrypoint);
  put("Cmd", command);
  put("Shell", shell);
  put("OnBuild", triggers);
  put("ExposedPorts", ports);
  put("Volumes", volumes);
  put("Labels", labels);
  return object;
}

void Execution::normalize() {
  for (auto item = others.begin(); item != others.end();)
    item = item->is_null() ? others.erase(item) : std::next(item);
  if (environment) environment->normalize();
}

const Variables& Execution::variables() const {
  static const Variables k_none;
  return environment ? *environment : k_none;
}

Execution::Texts Execution::shell_or_default() const {
  return shell && !shell->empty() ? *shell : Texts{"/bin/sh", "-c"};
}

}  // namespace pinnace::oci
