#include "declared/artifacts.hpp"

#include "base/error.hpp"
#include "definition/artifact_rule.hpp"
#include "steps/opened_up.hpp"
#include "text/glob.hpp"
#include "text/ignore.hpp"
#include "tree/walk.hpp"

namespace pinnace::declared {

using base::Error;
using base::ErrorCode;
using definition::ArtifactRule;
using text::Glob;
using text::Ignore;

namespace {

constexpr std::size_t k_max_ignore_file = 1024 * 1024;

Ignore load_ignore_rules(const definition::Definition& definition, const files::Directory& root) {
  const std::string name = definition.ignore.value_or(std::string(definition::k_default_ignore));
  const std::string shown = (root.path() / name).string();
  try {
    files::FileSource source(root.open(name, files::Directory::Links::follow), shown);
    return Ignore::parse(base::read_all(source, k_max_ignore_file, shown), shown);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found && !definition.ignore) return {};
    throw;
  }
}

/// One rule at work.
class RuleWalk {
 public:
  RuleWalk(const base::Context& context, const ArtifactRule& rule, const Ignore& ignore,
           const std::shared_ptr<const files::Directory>& root, std::int64_t mtime,
           tree::Modes modes)
      : m_context(context),
        m_rule(rule),
        m_ignore(ignore),
        m_root(root),
        m_from(Glob::unescape(rule.from)) {
    if (rule.is_glob()) m_glob.emplace(rule.from);
    m_attributes.file_mode = rule.mode;
    m_attributes.directory_mode = rule.directory_mode;
    if (rule.owner) {
      m_attributes.uid = rule.owner->uid;
      m_attributes.gid = rule.owner->gid;
    }
    m_attributes.mtime = mtime;
    m_attributes.modes = modes;
  }

  void add_to(tree::FileTree& tree);

 private:
  void add_literal(tree::FileTree& tree);
  void add_matches(tree::FileTree& tree);
  tree::Choice ignored(std::string_view path) const;
  tree::Choice matched(std::string_view path, bool is_directory);

  const base::Context& m_context;
  const ArtifactRule& m_rule;
  const Ignore& m_ignore;
  const std::shared_ptr<const files::Directory>& m_root;
  std::string m_from;  ///< of a rule that is no glob
  std::optional<Glob> m_glob;
  tree::Attributes m_attributes;
  std::string m_matched_directory;
  std::size_t m_taken = 0;
};

tree::Choice RuleWalk::ignored(std::string_view path) const {
  const bool out = !path.empty() && m_ignore.ignores(path);
  return {!out, !out || m_ignore.may_keep_below(path)};
}

tree::Choice RuleWalk::matched(std::string_view path, bool is_directory) {
  const bool inside = !m_matched_directory.empty() && path.starts_with(m_matched_directory + "/");
  const bool match = inside || m_glob->matches(path);
  if (match && is_directory && !inside) m_matched_directory = std::string(path);
  tree::Choice choice = ignored(path);
  choice.take = choice.take && match;
  m_taken += choice.take ? 1 : 0;
  return choice;
}

void RuleWalk::add_literal(tree::FileTree& tree) {
  const files::UniqueFd fd = m_root->open(m_from, files::Directory::Links::follow);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) base::throw_errno(errno, "stat " + m_from);
  const bool is_directory = S_ISDIR(status.st_mode);
  const std::string to = definition::destination(m_rule, m_from, is_directory).substr(1);
  if (!is_directory && to.empty()) {
    throw Error(ErrorCode::invalid_input,
                m_from + " is a file and cannot become /, expected a path");
  }
  tree::add_path(tree, m_context, m_root, m_from, to, m_attributes,
                 [&](std::string_view path, bool) {
                   const tree::Choice choice = ignored(path);
                   m_taken += choice.take ? 1 : 0;
                   return choice;
                 });
}

void RuleWalk::add_matches(tree::FileTree& tree) {
  tree::add_path(
      tree, m_context, m_root, m_glob->literal_prefix(), m_rule.to.substr(1), m_attributes,
      [&](std::string_view path, bool is_directory) { return matched(path, is_directory); });
}

void RuleWalk::add_to(tree::FileTree& tree) {
  if (m_glob) {
    add_matches(tree);
  } else {
    add_literal(tree);
  }
  if (m_taken == 0) {
    throw Error(ErrorCode::not_found, "\"" + m_rule.from + "\" matches nothing below " +
                                          m_root->path().string() + " that is not ignored");
  }
}

}  // namespace

tree::FileTree collect_artifacts(const base::Context& context,
                                 const definition::Definition& definition,
                                 const std::shared_ptr<const files::Directory>& root,
                                 std::int64_t mtime, tree::Modes modes,
                                 const std::vector<std::string>& left_out) {
  Ignore ignore = load_ignore_rules(definition, *root);
  for (const std::string& path : left_out) ignore.leave_out(path);
  tree::FileTree tree;
  for (const ArtifactRule& rule : definition.artifacts) {
    base::with_context([&] { return rule.position.str() + ": artifact " + rule.from; },
                       [&] { RuleWalk(context, rule, ignore, root, mtime, modes).add_to(tree); });
  }
  steps::warn_of_opened(context, definition.file.string(), tree::opened_up(tree), "mode:");
  return tree;
}

}  // namespace pinnace::declared
