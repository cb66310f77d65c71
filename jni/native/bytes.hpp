#pragma once

#include <jni.h>

#include <exception>
#include <string>
#include <string_view>

namespace pinnace::jni {

/// A Java exception is pending: unwinds to the entry, which returns to Java and leaves it there.
struct JavaException {};

/// Throws JavaException if one is pending.
void check(JNIEnv* env);

/// A copy of a byte[] that may not be null.
std::string to_string(JNIEnv* env, jbyteArray bytes);
jbyteArray to_bytes(JNIEnv* env, std::string_view text);

/// Makes `error` a pending NativeFailure (its JSON, docs/formats/job-protocol.md). If not even that
/// works, what the JVM threw meanwhile is pending.
void throw_failure(JNIEnv* env, const std::exception& error) noexcept;

/// Runs `entry`; what it throws becomes a pending Java exception, and `none` is returned.
template <class Result, class Entry>
Result guarded(JNIEnv* env, Result none, Entry&& entry) noexcept {
  try {
    return std::forward<Entry>(entry)();
  } catch (const JavaException&) {
    return none;
  } catch (const std::exception& error) {
    throw_failure(env, error);
  } catch (...) {
    throw_failure(env, std::exception());
  }
  return none;
}

}  // namespace pinnace::jni
