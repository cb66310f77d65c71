// What Java sees: the native methods of io.pinnace.engine.NativeLibrary, which documents them.
// Texts are UTF-8 in byte[]. Nothing is thrown across this border, and nothing here calls into the
// JVM but on the thread that Java called with.

#include <jni.h>

#include <optional>

#include "base/error.hpp"
#include "bytes.hpp"
#include "job/ready.hpp"
#include "job_table.hpp"
#include "jobs/list.hpp"

namespace {

using pinnace::base::Event;
namespace jni = pinnace::jni;
namespace job = pinnace::job;
namespace jobs = pinnace::jobs;

/// The one state of the library. Static native methods have no other place for it, and each class
/// loader has its own copy of the library.
jni::JobTable& table() {
  static jni::JobTable jobs;
  return jobs;
}

/// Hands events to a NativeSink of Java.
class SinkListener final : public job::Listener {
 public:
  SinkListener(JNIEnv* env, jobject sink) : m_env(env), m_sink(sink) {
    if (sink == nullptr) {
      throw pinnace::base::Error(pinnace::base::ErrorCode::invalid_input, "the sink is null");
    }
    jclass type = env->GetObjectClass(sink);
    m_event = env->GetMethodID(type, "event", "(I[BJJ)V");
    jni::check(env);
    m_wants_stop = env->GetMethodID(type, "wantsStop", "()Z");
    jni::check(env);
    env->DeleteLocalRef(type);
  }

  void on_event(const Event& event) override {
    const bool is_ready = event.kind == Event::Kind::ready;
    jbyteArray text =
        jni::to_bytes(m_env, is_ready ? job::Ready::of(event.ports).text() : event.text);
    m_env->CallVoidMethod(m_sink, m_event, static_cast<jint>(event.kind), text,
                          static_cast<jlong>(event.done), static_cast<jlong>(event.total));
    jni::check(m_env);
    m_env->DeleteLocalRef(text);
  }

  bool wants_stop() override {
    const jboolean wanted = m_env->CallBooleanMethod(m_sink, m_wants_stop);
    jni::check(m_env);
    return wanted == JNI_TRUE;
  }

 private:
  JNIEnv* m_env;
  jobject m_sink;
  jmethodID m_event = nullptr;
  jmethodID m_wants_stop = nullptr;
};

std::shared_ptr<const pinnace::config::CredentialStore> read_credentials(JNIEnv* env,
                                                                         jbyteArray bytes) {
  if (bytes == nullptr) return job::credentials_beside(std::nullopt);
  struct Secret {
    std::string text;
    ~Secret() { pinnace::config::wipe(text); }
  } secret{jni::to_string(env, bytes)};
  return job::credentials_beside(secret.text);
}

}  // namespace

extern "C" {

JNIEXPORT jlong JNICALL Java_io_pinnace_engine_NativeLibrary_open(JNIEnv* env, jclass,
                                                                  jbyteArray name,
                                                                  jbyteArray request,
                                                                  jbyteArray credentials) {
  return jni::guarded(env, jlong{0}, [&] {
    auto store = read_credentials(env, credentials);
    return jlong{table().add(
        jobs::open_job(jni::to_string(env, name), jni::to_string(env, request), std::move(store)))};
  });
}

JNIEXPORT jbyteArray JNICALL Java_io_pinnace_engine_NativeLibrary_run(JNIEnv* env, jclass,
                                                                      jlong job, jobject sink) {
  return jni::guarded(env, jbyteArray{nullptr}, [&] {
    SinkListener listener(env, sink);
    return jni::to_bytes(env, table().run(job, listener));
  });
}

JNIEXPORT void JNICALL Java_io_pinnace_engine_NativeLibrary_cancel(JNIEnv* env, jclass, jlong job) {
  jni::guarded(env, 0, [&] { return table().cancel(job), 0; });
}

JNIEXPORT void JNICALL Java_io_pinnace_engine_NativeLibrary_close(JNIEnv* env, jclass, jlong job) {
  jni::guarded(env, 0, [&] { return table().close(job), 0; });
}

JNIEXPORT jbyteArray JNICALL Java_io_pinnace_engine_NativeLibrary_version(JNIEnv* env, jclass) {
  return jni::guarded(env, jbyteArray{nullptr},
                      [&] { return jni::to_bytes(env, PINNACE_VERSION); });
}

}  // extern "C"
