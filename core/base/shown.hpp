#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What may be shown of texts that come from others: in errors, in events, on a terminal.
namespace pinnace::base {

/// `text` as one line of UTF-8 that steers nothing: control characters (C0 but the tab, DEL, C1)
/// are escaped as "\n" and "\x1b", what changes the direction of text or hides in it (bidirectional
/// controls, line separators, zero width characters, tags) as "\u{202e}", and bytes that are no
/// UTF-8 as "\xff". Shown twice it stays the same.
std::string printable(std::string_view text);

/// `text`, which is printable(), or of a longer one the beginning and the end, with how many bytes
/// are left out between them: about `most` in all.
std::string shortened(std::string text, std::size_t most);

/// A name or URL without user info, which may have a password: "REDACTED@host/x" for
/// "user:word@host/x", "//REDACTED@host" for "//token@host". A digest behind "@" is none.
std::string without_user_info(std::string_view name);

/// without_user_info() for each word of a message that has a password, or is a URL.
std::string message_without_user_info(std::string_view message);

}  // namespace pinnace::base
