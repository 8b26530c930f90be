// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/pipelines/parameter.h"

#include <QJsonObject>

#include <vector>

namespace pilothouse::pipelines {

/// The values that a start or an answer sends: those given, each of the kind that the form asks for ("3" for a Number is 3, "true" for a Boolean is true). What is not given is
/// left to the system's default. Invalid, naming the parameter and what it takes: an unknown name (unless `form` is empty: a system need not tell its
/// parameters), a choice that is none, a number outside its limits, a required one without a value and without a default.
Result<QJsonObject> checkedValues(const std::vector<Parameter> &form, const QJsonObject &given);
/// The same for what a person writes in a line of a terminal: a Secret takes "secret:NAME" and refuses a plain value, which would stand in the shell's history; the name is what is sent.
Result<QJsonObject> typedValues(const std::vector<Parameter> &form, const QJsonObject &given);
/// Values for a journal line: those of a Secret are left out.
QJsonObject shownValues(const std::vector<Parameter> &form, const QJsonObject &values);

} // namespace pilothouse::pipelines
