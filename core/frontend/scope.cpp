#include "frontend/scope.hpp"

#include "base/error.hpp"
#include "containerfile/predefined.hpp"

namespace pinnace::frontend {

using namespace containerfile;

namespace {

constexpr std::size_t k_most_held = std::size_t{256} << 20;

}  // namespace

GlobalScope::GlobalScope(const Containerfile& file, const std::map<std::string, std::string>& given,
                         const oci::Platform& build, const oci::Platform& target)
    : m_given(given),
      m_target(target),
      m_escape(file.escape),
      m_values(platform_arguments(build, target)) {
  for (const Instruction& instruction : file.arguments) {
    for (const auto& [name, value] : std::get<Arg>(instruction.command).arguments) {
      auto chosen = take_given(name);
      if (!chosen && value) chosen = expand(*value, instruction.position);
      if (chosen) m_values[name] = *std::move(chosen);
    }
  }
}

std::optional<std::string> GlobalScope::find(std::string_view name) const {
  const auto found = m_values.find(name);
  return found == m_values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> GlobalScope::take_given(const std::string& name) {
  const auto found = m_given.find(name);
  if (found == m_given.end()) return std::nullopt;
  m_used.insert(name);
  return found->second;
}

std::string GlobalScope::expand(const std::string& text, const Position& position) {
  return base::with_context([&] { return position.str(); },
                            [&] {
                              Expander expander([&](std::string_view name) { return find(name); },
                                                m_escape);
                              std::string value = expander.expand(text);
                              hold(value.size());
                              return value;
                            });
}

void GlobalScope::hold(std::size_t bytes) {
  m_held += bytes;
  if (m_held > k_most_held)
    throw base::Error(base::ErrorCode::invalid_input,
                      "with all variables in their places the instructions up to this one take "
                      "more than 256 MiB");
}

std::vector<std::string> GlobalScope::proxies() const {
  std::vector<std::string> variables;
  for (const auto& [name, value] : m_given) {
    if (is_proxy_argument(name)) variables.push_back(name + "=" + value);
  }
  return variables;
}

std::vector<std::string> GlobalScope::unused() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : m_given) {
    if (!m_used.contains(name) && !is_proxy_argument(name)) names.push_back(name);
  }
  return names;
}

}  // namespace pinnace::frontend
