#ifndef LIFEBOAT_BRIDGE_REDIS_STREAMS_H_
#define LIFEBOAT_BRIDGE_REDIS_STREAMS_H_

/// Names of the streams of a source of kind redis: docs/format/redis.md.
namespace lifeboat::bridge {

inline constexpr const char* kRedisKind = "redis";
inline constexpr const char* kKeyStream = "keys";
inline constexpr const char* kServerDocument = "server.json";
inline constexpr const char* kFunctionsDocument = "functions.dump";

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_REDIS_STREAMS_H_
