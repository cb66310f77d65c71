#include "api/scopes.hpp"

#include <algorithm>

namespace pinnace::api {

namespace {

constexpr std::size_t k_max_resources = 64;

void split(std::string_view text, char separator, const auto& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Scopes Scopes::pull(std::string_view repository) {
  Scopes result;
  result.m_actions["repository:" + std::string(repository)] = {"pull"};
  return result;
}

Scopes Scopes::pull_push(std::string_view repository) {
  Scopes result;
  result.m_actions["repository:" + std::string(repository)] = {"pull", "push"};
  return result;
}

Scopes Scopes::remove(std::string_view repository) {
  Scopes result;
  result.m_actions["repository:" + std::string(repository)] = {"delete"};
  return result;
}

Scopes Scopes::parse(std::string_view text) {
  Scopes result;
  split(text, ' ', [&](std::string_view scope) {
    const std::size_t first = scope.find(':');
    const std::size_t last = scope.rfind(':');
    if (first == std::string_view::npos || first == last) return;
    if (result.m_actions.size() >= k_max_resources) return;
    auto& actions = result.m_actions[std::string(scope.substr(0, last))];
    split(scope.substr(last + 1), ',', [&](std::string_view action) { actions.emplace(action); });
  });
  std::erase_if(result.m_actions, [](const auto& entry) { return entry.second.empty(); });
  return result;
}

Scopes& Scopes::merge(const Scopes& other) {
  for (const auto& [resource, actions] : other.m_actions) {
    m_actions[resource].insert(actions.begin(), actions.end());
  }
  return *this;
}

bool Scopes::covers(const Scopes& other) const {
  return std::all_of(other.m_actions.begin(), other.m_actions.end(), [&](const auto& entry) {
    const auto found = m_actions.find(entry.first);
    return found != m_actions.end() && std::includes(found->second.begin(), found->second.end(),
                                                     entry.second.begin(), entry.second.end());
  });
}

std::vector<std::string> Scopes::list() const {
  std::vector<std::string> result;
  for (const auto& [resource, actions] : m_actions) {
    std::string text = resource + ":";
    for (const std::string& action : actions) {
      if (text.back() != ':') text += ',';
      text += action;
    }
    result.push_back(std::move(text));
  }
  return result;
}

std::string Scopes::repository() const {
  static constexpr std::string_view k_type = "repository:";
  std::string first;
  for (const auto& [resource, actions] : m_actions) {
    if (!resource.starts_with(k_type)) continue;
    const std::string name = resource.substr(k_type.size());
    if (actions.contains("push") || actions.contains("delete")) return name;
    if (first.empty()) first = name;
  }
  return first;
}

}  // namespace pinnace::api
