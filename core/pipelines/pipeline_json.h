// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

namespace pilothouse::pipelines {

/// {"id","name","system","model","stages":[…],"connection","link","folder","problem"}
QJsonObject toJson(const Pipeline &pipeline);
/// {"id","pipeline","model","state","system_state","started","ended","seconds","started_by","reason","parameters","version",
///  "stages":[{"name","state","started","ended","seconds","median_seconds","note","id","system_state","after","link","attempts":[…]}],"error":{"kind","what","where","hint","raw"}|null,
///  "connection","system","number","title","commit","branch","repository","link","note","attempt","became","merged","gates","changed","images","metrics":{name: number},"tests":{"passed","failed","skipped"}|null,"coverage"|null,"read"}.
/// Times are ISO UTC or null; seconds is null until there is an end; version is null until one was registered.
QJsonObject toJson(const PipelineRun &run);
/// {"id","run","pipeline","stage","connection","system","message","proceed","abort","parameters":[…],"allowed","may_answer"|null,"may_not","environments","needed","given","since","until","link","model","candidate","promotion"}
QJsonObject toJson(const Gate &gate);
/// {"id","name","pipeline","connection","system","when","zone","on","can_switch","catch_up"|null,"most"|null,"next","last","from","until","parameters","max_seconds","note","link"}
QJsonObject toJson(const Schedule &schedule);
/// {"id","kind","pipeline","run","sentence","since","fix","start":{"pipeline","parameters","ref"}|null}
QJsonObject toJson(const Notice &notice);
/// {"name","address","bytes"|null,"checksum","stage"}
QJsonObject toJson(const Output &output);
/// {"name","description","kind","choices","default"|null,"required","least"|null,"most"|null}
QJsonObject toJson(const Parameter &parameter);
/// {"parameters":[…],"refs":[…],"note"}
QJsonObject toJson(const StartForm &form);

/// What toJson() wrote; missing fields keep their default.
Pipeline pipelineFromJson(const QJsonObject &object);
PipelineRun runFromJson(const QJsonObject &object);
Gate gateFromJson(const QJsonObject &object);
Schedule scheduleFromJson(const QJsonObject &object);
Notice noticeFromJson(const QJsonObject &object);

} // namespace pilothouse::pipelines
