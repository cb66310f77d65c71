#pragma once

namespace pinnace::places {

/// Which servers on this machine's loopback are asked on behalf of who need not be trusted: those
/// that registries.yaml names, or all.
enum class Loopback { named, all };

}  // namespace pinnace::places
