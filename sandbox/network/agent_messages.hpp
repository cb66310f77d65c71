#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pinnace::sandbox {

/// Messages to and from an SSH agent (draft-ietf-sshm-ssh-agent): a size of four bytes, big-endian,
/// and so many bytes, of which the first says what it is.

/// As OpenSSH's agent: no longer ones are taken.
inline constexpr std::size_t k_max_agent_message = std::size_t{256} << 10;

/// Whether a container may ask this (a message without its size): which keys there are, for a
/// signature, and to bind the connection to a session (session-bind@openssh.com), without which
/// agents don't use keys that are restricted to hosts. All else changes what the agent has.
bool may_ask_agent(std::string_view message);

/// The agent's answer to what it does not do.
std::string agent_failure();

/// Takes the first message, with its size, from what was received; nullopt: it is not whole yet.
/// Throws invalid_input for one that is too long.
std::optional<std::string> take_agent_message(std::string& received);

}  // namespace pinnace::sandbox
