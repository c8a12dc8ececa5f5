#include "squeeze/zstd.h"

#include <zstd.h>

#include "base/deleter.h"
#include "base/error.h"

namespace lifeboat::squeeze {

struct Compressor::State {
  std::unique_ptr<ZSTD_CCtx, Deleter<ZSTD_freeCCtx>> context{ZSTD_createCCtx()};
  int level = 1;
};

Compressor::Compressor(int level) : state_(std::make_unique<State>()) { state_->level = level; }
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

void Compressor::compress(ByteView plain, Bytes& to) {
  to.resize(ZSTD_compressBound(plain.size()));
  const std::size_t length = ZSTD_compressCCtx(state_->context.get(), to.data(), to.size(),
                                               plain.data(), plain.size(), state_->level);
  if (ZSTD_isError(length) != 0) {
    throw Error(ErrorKind::internal, std::string("compress: ") + ZSTD_getErrorName(length));
  }
  to.resize(length);
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
