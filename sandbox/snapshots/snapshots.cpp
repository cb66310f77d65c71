#include "sandbox/snapshots/snapshots.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "files/disk_usage.hpp"
#include "run/snapshots.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"
#include "sandbox/trees/apply.hpp"
#include "sandbox/trees/copy_tree.hpp"
#include "sandbox/trees/layer_times.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

using base::Error;
using helper::HelperRequest;
using nlohmann::json;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

/// Makes and removes a directory that is below, which needs all that an overlay has to be able to.
void try_overlay(const Stage& stage, const HelperRequest& request) {
  const std::string below = request.snapshot + "/below";
  const std::string place = stage.root() + "/place";
  make_snapshot(request, {}, request.snapshot);
  make_snapshot(request, {}, below);
  make_directory(below + "/fs/place");
  mount_snapshots(stage, request, {below}, request.snapshot, stage.root());
  require(::rmdir(place.c_str()), "remove a directory of an overlay");
  make_directory(place);
}

}  // namespace

layer::ShownTimes times_below(const Stage& stage, const HelperRequest& request) {
  const std::string own = stage.store() + "/" + request.snapshot;
  if (has_times(own)) return read_times(own);
  const std::string& below = request.lowers.empty() ? request.after : request.lowers.back();
  return below.empty() ? layer::ShownTimes() : read_times(stage.store() + "/" + below);
}

void finish_snapshot(const Stage& stage, const std::string& name, const layer::ShownTimes& times) {
  const std::string snapshot = stage.store() + "/" + name;
  const OpenRoot place(snapshot);
  for (const std::string& beside : place.names({})) {
    if (beside != "fs") place.remove(RootedPath(beside));
  }
  write_times(snapshot, times);
  write_file(snapshot + "/" + run::k_mark_file, run::tree_mark(snapshot));
  // What has a name is whole, also after a power cut.
  const files::UniqueFd fd(
      require(::open(snapshot.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open " + snapshot));
  require(::syncfs(fd.get()), "write " + snapshot + " to the disk");
}

int apply_snapshot(const HelperRequest& request) {
  mount_proc();
  const Stage stage = make_stage();
  make_snapshot(request, request.lowers, request.snapshot);
  mount_snapshots(stage, request, request.lowers, request.snapshot, stage.root());
  layer::ShownTimes times = times_below(stage, request);
  files::FileSource tar(files::UniqueFd(require(::dup(STDIN_FILENO), "read the layer")), "layer");
  apply_layer(OpenRoot(stage.root()), tar, "layer", times, {request.times_of, request.epoch});
  finish_snapshot(stage, request.snapshot, times);
  send(helper::FrameType::result, json::object());
  return 0;
}

int probe_overlay(const HelperRequest& request) {
  const Stage stage = make_stage();
  std::string refusal;
  try {
    try_overlay(stage, request);
  } catch (const Error& error) {
    refusal = error.what();
  }
  send(helper::FrameType::result, json{{"refusal", refusal}});
  return 0;
}

namespace {

/// None where it is gone: others remove their own meanwhile.
std::uint64_t bytes_of(const std::string& snapshot) {
  try {
    return files::disk_usage(files::Directory(snapshot));
  } catch (const Error& error) {
    if (error.code() != base::ErrorCode::not_found) throw;
    return 0;
  }
}

}  // namespace

int measure_snapshots(const HelperRequest& request) {
  json bytes = json::array();
  for (const std::string& name : request.lowers) bytes.push_back(bytes_of(name));
  send(helper::FrameType::result, json{{"bytes", std::move(bytes)}});
  return 0;
}

int merge_snapshots(const HelperRequest& request) {
  mount_proc();
  const Stage stage = make_stage();
  mount_snapshots(stage, request, request.lowers, "", stage.below());
  make_snapshot(request, {}, request.snapshot);
  copy_tree(OpenRoot(stage.below()), {}, OpenRoot(request.snapshot + "/fs"), {}, HardLinks::keep);
  finish_snapshot(stage, request.snapshot, read_times(stage.store() + "/" + request.lowers.back()));
  send(helper::FrameType::result, json::object());
  return 0;
}

int remove_snapshots(const HelperRequest& request) {
  const OpenRoot store(".");
  std::vector<std::string> failures;
  for (const std::string& name : request.lowers) {
    try {
      store.remove(RootedPath(name));
    } catch (const Error& error) {
      failures.emplace_back(error.what());
    }
  }
  send(helper::FrameType::result, json{{"failures", failures}});
  return 0;
}

}  // namespace pinnace::sandbox
