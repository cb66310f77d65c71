#include "tree/rooted_path.hpp"

#include "text/path_parts.hpp"

namespace pinnace::tree {

RootedPath::RootedPath(std::string_view text) {
  for (const std::string_view part : text::path_parts(text)) {
    if (!m_text.empty()) m_text += '/';
    m_text += part;
  }
}

RootedPath RootedPath::operator/(std::string_view name) const {
  RootedPath path(*this);
  if (!path.m_text.empty()) path.m_text += '/';
  path.m_text += RootedPath(name).m_text;
  return path;
}

RootedPath RootedPath::parent() const {
  RootedPath path;
  const std::size_t slash = m_text.rfind('/');
  if (slash != std::string::npos) path.m_text = m_text.substr(0, slash);
  return path;
}

std::string_view RootedPath::name() const {
  return std::string_view(m_text).substr(m_text.rfind('/') + 1);
}

bool RootedPath::is_within(const RootedPath& directory) const {
  if (directory.is_root()) return true;
  const std::string& above = directory.m_text;
  return m_text.starts_with(above) &&
         (m_text.size() == above.size() || m_text[above.size()] == '/');
}

}  // namespace pinnace::tree
