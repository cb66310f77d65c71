#pragma once

#include <string>

namespace pinnace::files {

/// Removes what is called `name` in the open directory `directory`, with all that is in it, however
/// deep that is: at most three descriptors are open, and no path gets long. Links are removed,
/// never followed, and nothing outside is touched, even when somebody moves directories meanwhile.
/// Nothing there is fine. Throws io at the first failure, naming `shown`, which is for messages.
void remove_tree(int directory, const std::string& name, const std::string& shown);

}  // namespace pinnace::files
