#ifndef LIFEBOAT_BASE_DELETER_H_
#define LIFEBOAT_BASE_DELETER_H_

namespace lifeboat {

/// Makes a std::unique_ptr of any C library's object: std::unique_ptr<PGconn, Deleter<PQfinish>>.
template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const noexcept {
    static_cast<void>(Free(object));
  }
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_DELETER_H_
