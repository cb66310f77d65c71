#include "bytes.hpp"

#include <limits>

#include "base/error.hpp"
#include "job/job.hpp"

namespace pinnace::jni {

void check(JNIEnv* env) {
  if (env->ExceptionCheck() == JNI_TRUE) throw JavaException{};
}

std::string to_string(JNIEnv* env, jbyteArray bytes) {
  if (bytes == nullptr) {
    throw base::Error(base::ErrorCode::invalid_input, "expected bytes, got null");
  }
  const jsize size = env->GetArrayLength(bytes);
  std::string text(static_cast<std::size_t>(size), '\0');
  env->GetByteArrayRegion(bytes, 0, size, reinterpret_cast<jbyte*>(text.data()));
  check(env);
  return text;
}

jbyteArray to_bytes(JNIEnv* env, std::string_view text) {
  if (text.size() > std::size_t{std::numeric_limits<jsize>::max()}) {
    throw base::Error(base::ErrorCode::unsupported, "a text of 2 GiB and more has no byte[]");
  }
  const auto size = static_cast<jsize>(text.size());
  jbyteArray bytes = env->NewByteArray(size);
  check(env);
  env->SetByteArrayRegion(bytes, 0, size, reinterpret_cast<const jbyte*>(text.data()));
  check(env);
  return bytes;
}

namespace {

void make_pending(JNIEnv* env, const std::exception& error) {
  jbyteArray json = to_bytes(env, job::error_json(error));
  jclass type = env->FindClass("io/pinnace/engine/NativeFailure");
  check(env);
  const jmethodID constructor = env->GetMethodID(type, "<init>", "([B)V");
  check(env);
  auto* failure = static_cast<jthrowable>(env->NewObject(type, constructor, json));
  check(env);
  env->Throw(failure);
}

}  // namespace

void throw_failure(JNIEnv* env, const std::exception& error) noexcept {
  try {
    if (env->ExceptionCheck() == JNI_FALSE) make_pending(env, error);
  } catch (...) {
    if (env->ExceptionCheck() == JNI_TRUE) return;
    if (jclass type = env->FindClass("java/lang/OutOfMemoryError"); type != nullptr) {
      env->ThrowNew(type, "pinnace: no memory left to say what failed");
    }
  }
}

}  // namespace pinnace::jni
