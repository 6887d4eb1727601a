// swiglu.h: the gated activation, spelled once so that every kernel that ends with it rounds alike.
#pragma once
#include "device.h"

RF_DEVICE float gated(float gate, float up) { return gate / (1.0f + exponential(-gate)) * up; }
