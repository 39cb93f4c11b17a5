// Stands in for Node's node_object_wrap.h while better-sqlite3 12 is built. Since 24.19 Node's own removes a cleanup hook
// when an object is collected, which ends the process where collection happens outside of any JavaScript context:
// "RemoveEnvironmentCleanupHook … Assertion failed: (env) != nullptr". This one has no hook, as Node's had none before.
#ifndef SRC_NODE_OBJECT_WRAP_H_
#define SRC_NODE_OBJECT_WRAP_H_

#include <node.h>

namespace node {

class ObjectWrap {
 public:
  virtual ~ObjectWrap() { object_.Reset(); }

  template <class T>
  static T* Unwrap(v8::Local<v8::Object> object) {
    return static_cast<T*>(static_cast<ObjectWrap*>(object->GetAlignedPointerFromInternalField(0)));
  }

 protected:
  void Wrap(v8::Local<v8::Object> object) {
    object->SetAlignedPointerInInternalField(0, this);
    object_.Reset(v8::Isolate::GetCurrent(), object);
    object_.SetWeak(this, Collected, v8::WeakCallbackType::kParameter);
  }

 private:
  static void Collected(const v8::WeakCallbackInfo<ObjectWrap>& info) { delete info.GetParameter(); }

  v8::Global<v8::Object> object_;
};

}  // namespace node

#endif
