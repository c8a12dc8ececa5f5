#include "squeeze/zstd.h"

#include <zstd.h>

#include "base/deleter.h"
#include "base/error.h"

namespace lifeboat::squeeze {
namespace {

/// 16 KiB of hash table stay in the first-level cache: rows of a table repeat at short distances,
/// so this is faster than the level's own 64 KiB and finds as much (docs/performance.md).
constexpr int kLevel = 1;
constexpr int kHashLog = 12;

std::size_t check(std::size_t code) {
  if (ZSTD_isError(code) == 0) return code;
  throw Error(ErrorKind::internal, std::string("compress: ") + ZSTD_getErrorName(code));
}

}  // namespace

struct Compressor::State {
  std::unique_ptr<ZSTD_CCtx, Deleter<ZSTD_freeCCtx>> context{ZSTD_createCCtx()};
};

Compressor::Compressor() : state_(std::make_unique<State>()) {
  ZSTD_CCtx* context = state_->context.get();
  if (context == nullptr) throw Error(ErrorKind::internal, "out of memory");
  check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel));
  check(ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, kHashLog));
}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

void Compressor::compress(ByteView plain, Bytes& to) {
  to.resize(ZSTD_compressBound(plain.size()));
  to.resize(check(
      ZSTD_compress2(state_->context.get(), to.data(), to.size(), plain.data(), plain.size())));
}

struct Decompressor::State {
  std::unique_ptr<ZSTD_DCtx, Deleter<ZSTD_freeDCtx>> context{ZSTD_createDCtx()};
};

Decompressor::Decompressor() : state_(std::make_unique<State>()) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

Bytes Decompressor::decompress(ByteView frame, std::size_t plain_length) {
  Bytes plain(plain_length);
  const std::size_t length = ZSTD_decompressDCtx(state_->context.get(), plain.data(), plain.size(),
                                                 frame.data(), frame.size());
  if (ZSTD_isError(length) != 0) {
    throw Error(ErrorKind::corrupt, std::string("decompress: ") + ZSTD_getErrorName(length));
  }
  if (length != plain_length) {
    throw Error(ErrorKind::corrupt, "decompress: shorter than its recorded length");
  }
  return plain;
}

}  // namespace lifeboat::squeeze
