#include "steps/context_selection.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "hash/key_hasher.hpp"
#include "steps/contents.hpp"
#include "steps/opened_up.hpp"

namespace pinnace::steps {

namespace {

bool same_stamps(const tree::FileTree& a, const tree::FileTree& b) {
  const auto same = [](const tree::TreeEntry& x, const tree::TreeEntry& y) {
    return x.header == y.header && x.content.stamp == y.content.stamp;
  };
  return std::equal(a.entries().begin(), a.entries().end(), b.entries().begin(), b.entries().end(),
                    same);
}

}  // namespace

ContextSelection::ContextSelection(const base::Context& context, plan::CopyStep step,
                                   CopyOrigin& origin)
    : m_step(std::move(step)), m_origin(origin) {
  m_tree = select_copy(context, m_step, origin, m_matches);
  const Certain certain = settle(context, m_tree);
  m_certain = certain != Certain::no;
  if (certain != Certain::after_wait) return;
  m_matches.clear();
  m_tree = select_copy(context, m_step, origin, m_matches);
}

void ContextSelection::warn_of_opened(const base::Context& context,
                                      const std::string& position) const {
  tree::OpenedUp opened = tree::opened_up(m_tree);
  // Paths in a selection start with the number of their source.
  opened.first.erase(0, opened.first.find('/') + 1);
  steps::warn_of_opened(context, position, opened, "--chmod");
}

hash::Digest ContextSelection::digest(const base::Context& context,
                                      const std::filesystem::path& memory) {
  hash::KeyHasher key;
  for (const std::string& match : m_matches) key.add(match);
  const Contents contents = contents_of(context, m_tree, m_certain, memory);
  m_certain = contents.certain;
  key.add(contents.digest.str());
  return key.finish();
}

bool ContextSelection::is_unchanged(const base::Context& context) const {
  if (!m_certain) return false;
  try {
    std::vector<std::string> matches;
    return same_stamps(m_tree, select_copy(context, m_step, m_origin, matches)) &&
           matches == m_matches;
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::cancelled) throw;
    return false;  // something is gone
  }
}

}  // namespace pinnace::steps
