#include "stream.h"

#include <set>

#include "state.h"

namespace rocmforge {
namespace {

std::set<hipStream_t> streams;
std::set<hipEvent_t> events;
unsigned long long captures = 0;

bool isEvent(hipEvent_t event) { return events.count(event) != 0; }

hipError_t badStream() { return failed(hipErrorInvalidHandle, "not a stream"); }
hipError_t badEvent() { return failed(hipErrorInvalidHandle, "not an event"); }

bool capturing(hipStream_t stream) { return stream != nullptr && stream->status != hipStreamCaptureStatusNone; }

hipError_t invalidate(hipStream_t stream, const char* function) {
  stream->status = hipStreamCaptureStatusInvalidated;
  return failed(hipErrorStreamCaptureUnsupported, std::string(function) + " during capture");
}

}  // namespace

bool isStream(hipStream_t stream) { return stream == nullptr || streams.count(stream) != 0; }

hipError_t refuseDuringCapture(const char* function) {
  hipError_t result = hipSuccess;
  for (const hipStream_t stream : streams) {
    if (stream->status == hipStreamCaptureStatusNone || stream->mode == hipStreamCaptureModeRelaxed) continue;
    if (stream->mode == hipStreamCaptureModeThreadLocal && stream->owner != std::this_thread::get_id()) continue;
    result = invalidate(stream, function);
  }
  return result;
}

hipError_t submit(hipStream_t stream, Node&& node) {
  if (!capturing(stream)) {
    // Work on the null stream waits for all others, which a capture forbids.
    if (stream == nullptr) {
      for (const hipStream_t other : streams) {
        if (other->status != hipStreamCaptureStatusActive || other->mode == hipStreamCaptureModeRelaxed) continue;
        if (other->mode == hipStreamCaptureModeThreadLocal && other->owner != std::this_thread::get_id()) continue;
        other->status = hipStreamCaptureStatusInvalidated;
        return failed(hipErrorStreamCaptureImplicit, "null stream used during a capture");
      }
    }
    return execute(node);
  }
  if (stream->status == hipStreamCaptureStatusInvalidated)
    return failed(hipErrorStreamCaptureInvalidated, "this capture was broken by an earlier call");
  stream->graph->nodes.push_back(std::move(node));
  return hipSuccess;
}

}  // namespace rocmforge

using namespace rocmforge;

hipError_t hipStreamCreateWithFlags(hipStream_t* stream, unsigned int flags) {
  RF_ENTER(hipStreamCreateWithFlags);
  if (stream == nullptr || flags > hipStreamNonBlocking) return failed(hipErrorInvalidValue, "flags or null argument");
  *stream = new ihipStream_t();
  streams.insert(*stream);
  return hipSuccess;
}

hipError_t hipStreamDestroy(hipStream_t stream) {
  RF_ENTER_CLEANUP(hipStreamDestroy);
  if (stream == nullptr || streams.erase(stream) == 0) return badStream();
  delete stream;
  return hipSuccess;
}

hipError_t hipStreamSynchronize(hipStream_t stream) {
  RF_ENTER(hipStreamSynchronize);
  if (!isStream(stream)) return badStream();
  if (capturing(stream)) return invalidate(stream, "hipStreamSynchronize");
  return stream == nullptr ? refuseDuringCapture("hipStreamSynchronize of the null stream") : hipSuccess;
}

hipError_t hipStreamQuery(hipStream_t stream) {
  RF_ENTER(hipStreamQuery);
  if (!isStream(stream)) return badStream();
  return capturing(stream) ? invalidate(stream, "hipStreamQuery") : hipSuccess;
}

hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags) {
  RF_ENTER(hipStreamWaitEvent);
  if (!isStream(stream)) return badStream();
  if (!isEvent(event)) return badEvent();
  if (flags != 0) return failed(hipErrorInvalidValue, "flags must be 0");
  if (event->captured != capturing(stream))
    return failed(hipErrorStreamCaptureIsolation, "the emulation captures single streams only");
  return hipSuccess;
}

hipError_t hipDeviceSynchronize(void) {
  RF_ENTER(hipDeviceSynchronize);
  return refuseDuringCapture("hipDeviceSynchronize");
}

hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode) {
  RF_ENTER(hipStreamBeginCapture);
  if (!isStream(stream)) return badStream();
  if (stream == nullptr) return failed(hipErrorStreamCaptureUnsupported, "the null stream cannot be captured");
  if (mode < hipStreamCaptureModeGlobal || mode > hipStreamCaptureModeRelaxed) return failed(hipErrorInvalidValue, "mode");
  if (capturing(stream)) return failed(hipErrorIllegalState, "the stream is already capturing");
  stream->status = hipStreamCaptureStatusActive;
  stream->mode = mode;
  stream->owner = std::this_thread::get_id();
  stream->captureId = ++captures;
  stream->graph = std::make_unique<ihipGraph>();
  return hipSuccess;
}

hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t* graph) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  if (const hipError_t fault = enterCleanup("hipStreamEndCapture"); fault != hipSuccess) {
    // A capture that cannot be ended is over all the same.
    if (isStream(stream) && capturing(stream)) stream->status = hipStreamCaptureStatusNone;
    return fault;
  }
  if (graph == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *graph = nullptr;
  if (stream == nullptr || !isStream(stream)) return badStream();
  if (!capturing(stream)) return failed(hipErrorIllegalState, "the stream is not capturing");
  if (stream->mode != hipStreamCaptureModeRelaxed && stream->owner != std::this_thread::get_id())
    return failed(hipErrorStreamCaptureWrongThread, "begun in another thread");
  const bool broken = stream->status == hipStreamCaptureStatusInvalidated;
  stream->status = hipStreamCaptureStatusNone;
  std::unique_ptr<ihipGraph> captured = std::move(stream->graph);
  if (broken) return failed(hipErrorStreamCaptureInvalidated, "this capture was broken by an earlier call");
  *graph = adoptGraph(std::move(captured));
  return hipSuccess;
}

hipError_t hipStreamGetCaptureInfo(hipStream_t stream, hipStreamCaptureStatus* status, unsigned long long* id) {
  RF_ENTER(hipStreamGetCaptureInfo);
  if (!isStream(stream)) return badStream();
  if (status == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *status = stream == nullptr ? hipStreamCaptureStatusNone : stream->status;
  if (id != nullptr) *id = capturing(stream) ? stream->captureId : 0;
  return hipSuccess;
}

hipError_t hipEventCreateWithFlags(hipEvent_t* event, unsigned int flags) {
  RF_ENTER(hipEventCreateWithFlags);
  if (event == nullptr || (flags & ~3u) != 0) return failed(hipErrorInvalidValue, "flags or null argument");
  *event = new ihipEvent_t();
  (*event)->timing = (flags & hipEventDisableTiming) == 0;
  events.insert(*event);
  return hipSuccess;
}

hipError_t hipEventDestroy(hipEvent_t event) {
  RF_ENTER_CLEANUP(hipEventDestroy);
  if (events.erase(event) == 0) return badEvent();
  delete event;
  return hipSuccess;
}

hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream) {
  RF_ENTER(hipEventRecord);
  if (!isEvent(event)) return badEvent();
  if (!isStream(stream)) return badStream();
  event->captured = capturing(stream);
  event->recorded = !event->captured;
  event->time = std::chrono::steady_clock::now();
  return hipSuccess;
}

hipError_t hipEventSynchronize(hipEvent_t event) {
  RF_ENTER(hipEventSynchronize);
  if (!isEvent(event)) return badEvent();
  return event->captured ? failed(hipErrorCapturedEvent, "recorded during a capture") : hipSuccess;
}

hipError_t hipEventQuery(hipEvent_t event) {
  RF_ENTER(hipEventQuery);
  if (!isEvent(event)) return badEvent();
  return event->captured ? failed(hipErrorCapturedEvent, "recorded during a capture") : hipSuccess;
}

hipError_t hipEventElapsedTime(float* milliseconds, hipEvent_t start, hipEvent_t stop) {
  RF_ENTER(hipEventElapsedTime);
  if (!isEvent(start) || !isEvent(stop)) return badEvent();
  if (milliseconds == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (!start->timing || !stop->timing || !start->recorded || !stop->recorded)
    return failed(hipErrorInvalidHandle, "an event was never recorded or keeps no time");
  *milliseconds = std::chrono::duration<float, std::milli>(stop->time - start->time).count();
  return hipSuccess;
}
