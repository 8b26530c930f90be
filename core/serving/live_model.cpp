// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/live_model.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/serving/json_text.h"
#include "core/serving/tensors.h"

#include <QFileInfo>

#include <algorithm>
#include <limits>

namespace pilothouse::serving {

using Q = QLatin1String;

QString Revision::versionText() const {
    if (version > 0)
        return QString::number(version);
    return digest.isEmpty() ? QStringLiteral("unversioned") : digest.left(12);
}

QString Revision::source() const {
    return version > 0 ? QStringLiteral("local registry %1/%2").arg(model).arg(version) : QStringLiteral("package %1").arg(QFileInfo(folder).fileName());
}

QJsonObject Revision::toJson() const {
    return {{Q("revision"), number}, {Q("model"), model}, {Q("version"), version}, {Q("digest"), digest}, {Q("folder"), folder}, {Q("by"), by},
            {Q("operation"), operation}, {Q("when"), isoUtc(when)}, {Q("outcome"), outcome}, {Q("reason"), reason}};
}

Result<Revision> Revision::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader reader(object, where);
    Revision r;
    r.number = int(reader.integer("revision", 0));
    r.model = reader.text("model");
    r.version = int(reader.integer("version", 0));
    r.digest = reader.text("digest", QString());
    r.folder = reader.text("folder");
    r.by = reader.text("by", QString());
    r.operation = reader.text("operation", QString());
    r.when = fromIsoUtc(reader.text("when", QString()));
    r.outcome = reader.text("outcome", QString());
    r.reason = reader.text("reason", QString());
    PH_TRY(reader.check());
    return r;
}

LiveModel::LiveModel(Revision r, artifact::ScorerPtr s, std::shared_ptr<VersionCounters> c)
    : revision(std::move(r)), scorer(std::move(s)), reader(scorer->signature()), counters(std::move(c)) {
    const artifact::Signature &signature = scorer->signature();
    classes = !signature.classes.empty();
    const bool numbers = areWholeNumbers(signature.classes);
    for (const std::string &label : signature.classes)
        classJson.push_back(numbers ? label : jsonText(label));
    if (const QStringList targets = signature.targets(); targets.size() > 1)
        for (const QString &target : targets)
            targetJson.push_back(jsonText(utf8(target)));
    nameJson = jsonText(utf8(revision.model));
    versionText = utf8(revision.versionText());
    versionJson = jsonText(versionText);
    origin = ",\"model_version\":" + versionJson + ",\"model_source\":" + jsonText(utf8(revision.source()));
}

namespace {

void appendList(std::string &out, const double *values, std::size_t count) {
    out += '[';
    for (std::size_t k = 0; k < count; ++k) {
        if (k)
            out += ',';
        appendNumber(out, values[k]);
    }
    out += ']';
}

} // namespace

void LiveModel::appendTarget(std::string &out, const artifact::Predictions &predictions, std::size_t i, std::size_t target) const {
    const std::size_t horizon = predictions.outputs / targetJson.size();
    appendList(out, predictions.values.data() + i * predictions.outputs + target * horizon, horizon);
}

void LiveModel::appendPrediction(std::string &out, const artifact::Predictions &predictions, std::size_t i) const {
    if (classes) {
        const double index = predictions.values[i];
        if (index >= 0 && index < double(classJson.size()))
            out += classJson[std::size_t(index)];
        else
            out += "null";
        return;
    }
    if (predictions.outputs == 1) {
        appendNumber(out, predictions.values[i]);
        return;
    }
    if (targetJson.empty()) {
        appendList(out, predictions.values.data() + i * predictions.outputs, predictions.outputs);
        return;
    }
    for (std::size_t t = 0; t < targetJson.size(); ++t) {
        out += t ? ',' : '{';
        out += targetJson[t];
        out += ':';
        appendTarget(out, predictions, i, t);
    }
    out += '}';
}

void LiveModel::appendProbability(std::string &out, const artifact::Predictions &predictions, std::size_t i) const {
    if (predictions.classes == 0 || predictions.probabilities.size() < (i + 1) * predictions.classes) {
        out += "null";
        return;
    }
    appendList(out, predictions.probabilities.data() + i * predictions.classes, predictions.classes);
}

Result<LiveModelPtr> loadLiveModel(const Revision &revision, const artifact::ScorerLoader &loader, std::shared_ptr<VersionCounters> counters, const BatchOptions &batch) {
    if (!loader)
        return Error{ErrorKind::Internal, QStringLiteral("This server was started without a way to load models."), {}, {}, {}};
    PH_ASSIGN(artifact::ScorerPtr scorer, loader(revision.folder));
    auto live = std::make_shared<LiveModel>(revision, std::move(scorer), std::move(counters));
    const artifact::Signature &signature = live->scorer->signature();
    data::Rows probe;
    probe.count = 1;
    probe.width = signature.inputs.size();
    probe.values.assign(probe.width, 0.0);
    for (std::size_t i = 0; i < probe.width; ++i)
        if (signature.inputs[i].optional)
            probe.values[i] = std::numeric_limits<double>::quiet_NaN();
    const auto answer = live->scorer->score(probe);
    if (!answer)
        return answer.error();
    const std::size_t expected = live->classes ? 1 : std::max<std::size_t>(1, signature.outputs.size());
    if (answer->count != 1 || answer->values.size() != expected)
        return invalid(QStringLiteral("The model gave %1 values for one row; its signature says %2.").arg(answer->values.size()).arg(expected), revision.folder,
                       QStringLiteral("The package does not fit its signature; train it again."));
    live->together = rowsTogether(*live->scorer, batch);
    return LiveModelPtr(std::move(live));
}

} // namespace pilothouse::serving
