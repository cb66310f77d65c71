#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string_view>

#include "files/cache_files.hpp"
#include "files/file.hpp"

/// Containers that go on without the command that started them (pinnace run --detach). Each has a
/// directory of its own, named by its ID, in the store's directory for them. Its file "lock" is
/// held by the process that watches over the container, and has that process's number; "log" has
/// what the container wrote.
namespace pinnace::local::detached {

/// What has ended stays so long, unless somebody stops it or says another time.
inline constexpr std::chrono::hours k_kept{24};

/// Digits of an ID.
inline constexpr std::size_t k_id_digits = 12;
/// Whether a text is an ID: so many hexadecimal digits.
bool is_id(std::string_view text);
/// Whether the directory is one of these, by its name and by what it has; false if it is gone.
bool is_container(const std::filesystem::path& directory);

/// Makes the directory of a new container, `container`, with the file "image". Gives its "lock",
/// which the caller holds and may write the number of the process to that will watch: nobody sees
/// the directory before it is held. Throws io, and nothing is left then.
files::UniqueFd make(const std::filesystem::path& container, std::string_view image);

/// Whether somebody watches over the container of this directory, which then runs; false if it is
/// gone. Throws io if that can't be told: nobody takes one that runs for one that has ended.
bool is_watched(const std::filesystem::path& container);
/// The process that does, or did; 0: none has said so yet. Throws io.
pid_t watcher_of(const std::filesystem::path& container);

/// Sends a signal to the process that watches, and to no other that has its number by now. False if
/// nobody watches (yet). Throws as is_watched().
bool signal_watcher(const std::filesystem::path& container, int number);

/// Removes what is left of containers that have ended, and have written nothing since `used_since`.
/// One that is being started stays, as does what is no container. A directory that is absent has
/// nothing. Throws as is_watched().
files::Collected collect(const std::filesystem::path& directory,
                         std::chrono::system_clock::time_point used_since);

}  // namespace pinnace::local::detached
