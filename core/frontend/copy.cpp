#include "base/error.hpp"
#include "base/quote.hpp"
#include "frontend/stage.hpp"
#include "text/glob.hpp"
#include "text/path.hpp"

namespace pinnace::frontend {

using namespace containerfile;
using base::Error;
using base::ErrorCode;

namespace {

plan::CopyPattern parse_source(const std::string& source, bool parents) {
  const std::size_t pivot = source.find("/./");
  if (!parents) return {"", text::glob_of_copy(text::rooted_path(source))};
  if (pivot == std::string::npos) return {"", text::rooted_path(source)};
  return {text::rooted_path(source.substr(0, pivot)), text::rooted_path(source.substr(pivot + 3))};
}

/// The name of a here-document is that of its file.
void check_file_name(const std::string& name) {
  if (name == "." || name == ".." || name.find('/') != std::string::npos)
    throw Error(ErrorCode::invalid_input,
                "the here-document " + base::quote(name) + " can't be a file of that name");
}

/// In a directory a file needs a name.
void check_name(const source::RemoteSource& remote, bool to_directory) {
  const auto* url = std::get_if<source::UrlSource>(&remote);
  if (url != nullptr && url->name.empty() && to_directory)
    throw Error(ErrorCode::invalid_input,
                base::quote(source::describe(remote)) +
                    " does not say a file's name; expected a destination without \"/\" at its end");
}

bool is_written_as_directory(const std::string& path) {
  return path.ends_with('/') || path.ends_with("/.") || path == ".";
}

}  // namespace

void StagePlanner::plan(const Copy& copy) {
  plan::CopyStep step;
  if (copy.from) step.origin = m_origin;
  std::optional<std::string> checksum;
  if (copy.checksum) checksum = expand(*copy.checksum);
  for (const std::string& source : copy.sources) {
    const std::string expanded = expand(source);
    if (!source::is_remote(expanded)) {
      step.sources.push_back(parse_source(expanded, copy.parents));
    } else if (copy.add) {
      step.remotes.push_back(source::parse_remote(expanded, checksum, copy.keep_git_dir));
    } else {
      throw Error(ErrorCode::invalid_input, "COPY takes no URLs, as ADD does");
    }
  }
  if (checksum && (step.remotes.size() != 1 || copy.sources.size() != 1))
    throw Error(ErrorCode::invalid_input, "--checksum is for one URL or git repository");
  if (copy.keep_git_dir && step.remotes.empty())
    throw Error(ErrorCode::invalid_input, "--keep-git-dir is for git repositories");
  for (const Heredoc& file : copy.files) {
    check_file_name(file.name);
    step.files.push_back(
        {file.name, file.expand ? expand(file.content, QuoteRule::text) : file.content});
  }
  const std::string destination = expand(copy.destination);
  if (destination.empty()) throw Error(ErrorCode::invalid_input, "the destination is empty");
  step.to_directory = is_written_as_directory(destination);
  step.destination = absolute(destination).substr(1);
  if (step.destination.empty()) step.to_directory = true;
  if (step.sources.size() + step.files.size() + step.remotes.size() > 1 && !step.to_directory)
    throw Error(ErrorCode::invalid_input,
                "several sources need a destination that is a directory "
                "and ends with \"/\", found " +
                    base::quote(destination));
  for (const source::RemoteSource& remote : step.remotes) check_name(remote, step.to_directory);
  if (copy.chown) step.owner = expand(*copy.chown);
  if (copy.chmod) {
    const std::string mode = expand(*copy.chmod);
    if (!mode.empty()) step.mode = plan::FileMode::parse(mode);
  }
  step.excludes = copy.excludes;
  step.parents = copy.parents;
  step.link = copy.link;
  step.unpack = copy.add && copy.unpack.value_or(true);
  step.unpack_remotes = copy.unpack.value_or(false);
  add_step(std::move(step));
}

}  // namespace pinnace::frontend
