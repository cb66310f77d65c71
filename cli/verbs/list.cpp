#include "cli/verbs/list.hpp"

#include "cli/containers/verbs.hpp"
#include "cli/images/verbs.hpp"
#include "cli/protocol/verbs.hpp"
#include "cli/showing/verbs.hpp"
#include "cli/signing/verbs.hpp"

namespace pinnace::cli {

void add_verbs(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  add_build(app, global, invocation);
  add_pin(app, global, invocation);
  add_copy(app, global, invocation);
  add_inspect(app, global, invocation);
  add_tags(app, global, invocation);
  add_packages(app, global, invocation);
  add_diff(app, global, invocation);
  add_promote(app, global, invocation);
  add_sign(app, global, invocation);
  add_attest(app, global, invocation);
  add_verify(app, global, invocation);
  add_run(app, global, invocation);
  add_containers(app, invocation);
  add_gc(app, global, invocation);
  add_job(app, invocation);
}

}  // namespace pinnace::cli
