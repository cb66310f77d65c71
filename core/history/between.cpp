#include "history/between.hpp"

#include "base/error.hpp"
#include "base/shown.hpp"
#include "history/clone.hpp"
#include "history/lock_history.hpp"

namespace pinnace::history {

namespace {

using difference::Code;

constexpr std::size_t k_max_commits = 200;

difference::Commit described(difference::Commit::Kind kind, const Commit& one) {
  return {kind, one.id, base::printable(one.date), base::printable(one.author),
          base::printable(one.subject)};
}

void add(Code& code, difference::Commit::Kind kind, const Commits& found) {
  for (const Commit& one : found.commits) code.commits.push_back(described(kind, one));
  if (found.has_more) ++code.commits_left_out;
}

bool is_of_system(packages::PackageType type) {
  using Type = packages::PackageType;
  return type == Type::apk || type == Type::deb || type == Type::rpm;
}

constexpr const char* k_locks = ":(top,glob)**/pinnace.lock.json";
/// So many locks are looked through for a base.
constexpr std::size_t k_max_locks = 20;

/// One way of the two between the revisions, and what the images of its ends stand on.
struct Way {
  difference::Commit::Kind kind;
  const std::string& from;
  const std::string& to;
  const std::optional<std::string>& base;  ///< at `to`
};

/// Adds the commits on the way that changed the base, in whichever lock has it.
void add_base_commits(const base::Context& context, const Clone& clone, const Way& way,
                      difference::PlatformDifference& difference) {
  if (!way.base) return;
  std::size_t looked_at = 0;
  for (const std::string& path : clone.differing(context, way.from, way.to, k_locks)) {
    if (++looked_at > k_max_locks) return;
    LockHistory lock(context, clone, way.to, path);
    const auto entry = lock.entry_of(*way.base);
    if (!entry) continue;
    const Commits among =
        clone.between(context, way.from, way.to, k_max_commits, {":(top,literal)" + path});
    for (const Commit& one : lock.changed(*entry, difference.platform, among.commits))
      difference.base.commits.push_back(described(way.kind, one));
    return;
  }
}

/// The one commit that packages of the system can be from; nullopt: nobody knows which of several.
std::optional<difference::Commit> commit_of_packages(
    const base::Context& context, const Clone& clone,
    const difference::PlatformDifference& difference) {
  const std::vector<difference::Commit>& commits = difference.base.commits;
  if (!commits.empty()) return commits.size() == 1 ? std::optional(commits[0]) : std::nullopt;
  const Commits found = clone.between(context, *difference.code.from_revision,
                                      *difference.code.to_revision, 1, {k_locks});
  if (found.commits.size() != 1 || found.has_more) return std::nullopt;
  return described(difference::Commit::Kind::added, found.commits[0]);
}

void tie_to_lock(const base::Context& context, const Clone& clone,
                 difference::PlatformDifference& difference) {
  difference::Base& base = difference.base;
  if (!base.differs() && base.shared_layers != 0) return;
  using Kind = difference::Commit::Kind;
  const difference::Code& code = difference.code;
  add_base_commits(context, clone,
                   {Kind::added, *code.from_revision, *code.to_revision, base.to_digest},
                   difference);
  add_base_commits(context, clone,
                   {Kind::removed, *code.to_revision, *code.from_revision, base.from_digest},
                   difference);
  const auto commit = commit_of_packages(context, clone, difference);
  if (!commit) return;
  for (difference::PackageChange& package : difference.packages) {
    if (is_of_system(package.type)) package.commit = commit;
  }
}

}  // namespace

void add_commits(const base::Context& context,
                 const std::optional<std::filesystem::path>& directory,
                 difference::PlatformDifference& difference) {
  Code& code = difference.code;
  if (!directory || code.from_revision == code.to_revision) return;
  if (!code.from_revision || !code.to_revision) {
    code.note =
        "one of the images does not say its revision (org.opencontainers.image.revision, or one "
        "provenance)";
    return;
  }
  const Clone clone(*directory);
  try {
    code.note = clone.why_not(context, {*code.from_revision, *code.to_revision});
    if (code.note) return;
    add(code, difference::Commit::Kind::added,
        clone.between(context, *code.from_revision, *code.to_revision, k_max_commits));
    add(code, difference::Commit::Kind::removed,
        clone.between(context, *code.to_revision, *code.from_revision, k_max_commits));
    tie_to_lock(context, clone, difference);
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::cancelled) throw;
    code.note = error.message();
  }
}

}  // namespace pinnace::history
