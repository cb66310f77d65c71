#pragma once

#include <optional>
#include <string_view>

namespace pinnace::oci {

/// The number of a signal of Linux as image configurations have it: SIGTERM, SIGRTMIN+3, or a
/// number from 1 to 64 (signal(7)); nothing for other texts.
std::optional<int> signal_number(std::string_view text);

/// Whether it is one.
bool is_signal(std::string_view text);

/// What ends the container of an image whose configuration has this StopSignal: names without "SIG"
/// are taken, too, and SIGTERM (15) stands for what is none, as in Docker.
int stop_signal(std::string_view text);

}  // namespace pinnace::oci
