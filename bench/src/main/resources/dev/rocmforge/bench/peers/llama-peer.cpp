// Answers bench --peers with llama.cpp: one request a line on stdin, one JSON object a line on stdout.
//
//   llama-peer MODEL THREADS CONTEXT BATCH KEYS VALUES
//
//   (start)       {"engine": NAME, "vocabulary": N, "threads": N}
//   tokens ID...  {"tokens": N}              the tokens that all later requests run
//   prefill D N   {"nanos": [T]}             tokens D to D + N at once, after D tokens that are not timed
//   decode D N    {"nanos": [T, ...]}        the same one by one, a time each
//   logits FILE P N  {"rows": N + 1}         logits after P tokens at once and after each of N more,
//                                            native 32-bit floats
//
// What cannot be done is {"error": TEXT} and the end with exit code 1.
#include "ggml.h"
#include "llama.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string &text) {
  std::string plain;
  for (char c : text) {
    plain += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 32 ? ' ' : c;
  }
  std::cout << "{\"error\": \"" << plain << "\"}" << std::endl;
  std::exit(1);
}

ggml_type cache_type(const std::string &word) {
  if (word == "f32") return GGML_TYPE_F32;
  if (word == "f16") return GGML_TYPE_F16;
  if (word == "q8_0") return GGML_TYPE_Q8_0;
  fail("no such type of the KV cache: " + word);
}

// Warnings and errors only: stderr is kept for what went wrong.
void log(ggml_log_level level, const char *text, void *) {
  if (level == GGML_LOG_LEVEL_WARN || level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
}

struct Peer {
  llama_model *model;
  llama_context *context;
  size_t batch;
  std::vector<llama_token> tokens;
  size_t position = 0;

  void run(size_t count) {
    if (position + count > tokens.size()) fail("more tokens asked for than given");
    while (count > 0) {
      size_t now = count < batch ? count : batch;
      if (llama_decode(context, llama_batch_get_one(tokens.data() + position, now)) != 0) {
        fail("llama_decode failed at token " + std::to_string(position));
      }
      position += now;
      count -= now;
    }
    llama_synchronize(context);
  }

  // State that cannot be cut is made again from the start.
  void go_to(size_t depth) {
    if (position > depth) {
      if (llama_memory_seq_rm(llama_get_memory(context), 0, depth, -1)) {
        position = depth;
      } else {
        llama_memory_clear(llama_get_memory(context), true);
        position = 0;
      }
    }
    run(depth - position);
  }

  void timed(size_t depth, size_t count, size_t step) {
    go_to(depth);
    std::ostringstream answer;
    auto last = std::chrono::steady_clock::now();
    for (size_t done = 0; done < count; done += step) {
      run(step);
      auto now = std::chrono::steady_clock::now();
      answer << (done == 0 ? "" : ", ")
             << std::chrono::duration_cast<std::chrono::nanoseconds>(now - last).count();
      last = now;
    }
    std::cout << "{\"nanos\": [" << answer.str() << "]}" << std::endl;
  }

  void logits(const std::string &name, size_t prompt, size_t steps) {
    FILE *file = std::fopen(name.c_str(), "wb");
    if (file == nullptr) fail("cannot be written: " + name);
    go_to(0);
    size_t width = llama_vocab_n_tokens(llama_model_get_vocab(model));
    for (size_t row = 0; row <= steps; row++) {
      run(row == 0 ? prompt : 1);
      const float *found = llama_get_logits_ith(context, -1);
      if (found == nullptr) fail("no logits");
      if (std::fwrite(found, sizeof(float), width, file) != width) fail("cannot be written: " + name);
    }
    if (std::fclose(file) != 0) fail("cannot be written: " + name);
    std::cout << "{\"rows\": " << steps + 1 << "}" << std::endl;
  }
};

} // namespace

int main(int count, char **words) {
  if (count != 7) fail("MODEL THREADS CONTEXT BATCH KEYS VALUES needed");
  llama_log_set(log, nullptr);
  llama_backend_init();
  llama_model *model = llama_model_load_from_file(words[1], llama_model_default_params());
  if (model == nullptr) fail("llama.cpp does not load the model");
  llama_context_params options = llama_context_default_params();
  int threads = std::atoi(words[2]);
  options.n_threads = threads;
  options.n_threads_batch = threads;
  options.n_ctx = std::atoi(words[3]);
  options.n_batch = std::atoi(words[4]);
  options.n_ubatch = options.n_batch;
  options.type_k = cache_type(words[5]);
  options.type_v = cache_type(words[6]);
  llama_context *context = llama_init_from_model(model, options);
  if (context == nullptr) fail("llama.cpp does not make a context");
  Peer peer{model, context, options.n_batch, {}};
  std::cout << "{\"engine\": \"llama.cpp, ggml " << ggml_version() << "\", \"vocabulary\": "
            << llama_vocab_n_tokens(llama_model_get_vocab(model))
            << ", \"threads\": " << llama_n_threads(context) << "}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in(line);
    std::string request, file;
    size_t first = 0, second = 0;
    in >> request;
    if (request == "tokens") {
      peer.go_to(0);
      peer.tokens.clear();
      for (llama_token id; in >> id;) peer.tokens.push_back(id);
      std::cout << "{\"tokens\": " << peer.tokens.size() << "}" << std::endl;
    } else if (request == "prefill" && in >> first >> second && second > 0) {
      peer.timed(first, second, second);
    } else if (request == "decode" && in >> first >> second && second > 0) {
      peer.timed(first, second, 1);
    } else if (request == "logits" && in >> file >> first >> second && first > 0) {
      peer.logits(file, first, second);
    } else {
      fail("no such request: " + line);
    }
  }
  return 0;
}
