#include "history/between.hpp"

#include "base/error.hpp"
#include "base/shown.hpp"
#include "history/clone.hpp"

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

/// Of several commits nobody knows which one brought what.
void tie_to_lock(const base::Context& context, const Clone& clone,
                 difference::PlatformDifference& difference) {
  if (!difference.base.differs() && difference.base.shared_layers != 0) return;
  const Commits found =
      clone.between(context, *difference.code.from_revision, *difference.code.to_revision, 1,
                    {":(top,glob)**/pinnace.lock.json"});
  if (found.commits.size() != 1 || found.has_more) return;
  for (difference::PackageChange& package : difference.packages) {
    if (is_of_system(package.type))
      package.commit = described(difference::Commit::Kind::added, found.commits[0]);
  }
}

}  // namespace

void add_commits(const base::Context& context,
                 const std::optional<std::filesystem::path>& directory,
                 difference::PlatformDifference& difference) {
  Code& code = difference.code;
  if (!directory || code.from_revision == code.to_revision) return;
  if (!code.from_revision || !code.to_revision) {
    code.note = "one of the images does not say its revision (org.opencontainers.image.revision)";
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
