#include "steps/opened_up.hpp"

#include "base/quote.hpp"

namespace pinnace::steps {

void warn_of_opened(const base::Context& context, const std::string& where,
                    const tree::OpenedUp& opened, const std::string& option) {
  if (opened.count == 0) return;
  const bool several = opened.count > 1;
  context.warn(where + ": " + base::shown(opened.first) +
               (several ? " and " + std::to_string(opened.count - 1) + " more are" : " is") +
               " closed to others on disk and can be read by all in the image; if that is not "
               "because of a umask, say so by " +
               option + " or --context-modes keep");
}

}  // namespace pinnace::steps
