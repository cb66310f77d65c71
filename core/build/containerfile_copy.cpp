#include "base/error.hpp"
#include "build/containerfile_stage.hpp"
#include "definition/path.hpp"
#include "yaml/suggest.hpp"

namespace pinnace::build {

using namespace definition::containerfile;
using base::Error;
using base::ErrorCode;

namespace {

/// Clean and relative to the root; ".." at the front leads nowhere, as in other builders.
std::string rooted(std::string_view path) {
  if (path.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::invalid_input, "a path has a NUL byte");
  return definition::clean_path("/" + std::string(path)).substr(1);
}

CopyPattern parse_source(const std::string& source, bool parents) {
  const std::size_t pivot = source.find("/./");
  if (!parents) return {"", rooted(source)};
  if (pivot == std::string::npos) return {"", rooted(source)};
  return {rooted(source.substr(0, pivot)), rooted(source.substr(pivot + 3))};
}

/// The name of a here-document is that of its file.
void check_file_name(const std::string& name) {
  if (name == "." || name == ".." || name.find('/') != std::string::npos)
    throw Error(ErrorCode::invalid_input,
                "the here-document " + yaml::quote(name) + " can't be a file of that name");
}

bool is_written_as_directory(const std::string& path) {
  return path.ends_with('/') || path.ends_with("/.") || path == ".";
}

}  // namespace

void StagePlanner::plan(const Copy& copy) {
  CopyStep step;
  if (copy.from) step.origin = m_origin;
  for (const std::string& source : copy.sources) {
    const std::string expanded = expand(source);
    if (copy.add && is_remote(expanded))
      throw Error(ErrorCode::unsupported,
                  "ADD of " + yaml::quote(expanded) + " is not supported by this version");
    step.sources.push_back(parse_source(expanded, copy.parents));
  }
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
  if (step.sources.size() + step.files.size() > 1 && !step.to_directory)
    throw Error(ErrorCode::invalid_input,
                "several sources need a destination that is a directory "
                "and ends with \"/\", found " +
                    yaml::quote(destination));
  if (copy.chown) step.owner = expand(*copy.chown);
  if (copy.chmod) {
    const std::string mode = expand(*copy.chmod);
    if (!mode.empty()) step.mode = FileMode::parse(mode);
  }
  if (copy.checksum)
    throw Error(ErrorCode::invalid_input, "--checksum is for URLs and git repositories");
  step.excludes = copy.excludes;
  step.parents = copy.parents;
  step.unpack = copy.add && copy.unpack.value_or(true);
  add_step(std::move(step));
}

}  // namespace pinnace::build
