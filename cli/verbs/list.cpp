#include "cli/verbs/list.hpp"

#include "cli/containers/verbs.hpp"
#include "cli/images/verbs.hpp"
#include "cli/protocol/verbs.hpp"
#include "cli/showing/verbs.hpp"
#include "cli/signing/verbs.hpp"

namespace pinnace::cli {

std::span<const Verb> all_verbs() {
  static constexpr Verb k_all[] = {
      {"build", "Build an image from a definition and push it while it is made", define_build},
      {"pin", "Fix every outside input of a definition by digest, in its lock", define_pin},
      {"copy", "Copy an image, byte for byte, between registries and layouts", define_copy},
      {"inspect", "Show what a reference is: digest, platforms, layers, configuration",
       define_inspect},
      {"tags", "List the tags of a repository, layout or archive", define_tags},
      {"packages", "List the packages of an image, and where each was found", define_packages},
      {"diff", "Show what changed from one image to another: code, base, packages, files",
       define_diff},
      {"trace", "Show what an image is made of, by whom, and since which commit", define_trace},
      {"promote", "Move the same bytes, by digest, into an environment", define_promote},
      {"sign", "Sign an image, beside it", define_sign},
      {"attest", "Say something of an image, signed, beside it", define_attest},
      {"verify", "Say whether an image is signed, or has all that a policy wants", define_verify},
      {"run", "Run a container of an image until it ends", define_run},
      {"supervise", "", define_supervise},
      {"ps", "List the containers of run --detach; -q: their identifiers only", define_ps},
      {"logs", "Print what a container of run --detach has written", define_logs},
      {"stop", "End containers of run --detach, and remove their logs", define_stop},
      {"gc", "Remove what nothing needs from the local store or a layout", define_gc},
      {"job", "Run a job of the JSON protocol; the result is JSON on stdout", define_job},
  };
  return k_all;
}

}  // namespace pinnace::cli
