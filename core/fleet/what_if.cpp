// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/what_if.h"

#include "core/artifact/package.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/drift/drift.h"
#include "core/fleet/live_quality.h"
#include "core/fleet/model_place.h"
#include "core/workspace/slo.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(WhatIf)
};

constexpr int shapeSteps = 24;

/// Shares of the training rows in equal steps, from the profile's 1001 quantiles.
std::vector<double> shapeOf(const std::vector<double> &quantiles, double low, double high) {
    std::vector<double> shares(shapeSteps, 0);
    if (quantiles.size() < 2 || !(high > low))
        return shares;
    for (const double value : quantiles) {
        const int step = std::clamp(int((value - low) / (high - low) * shapeSteps), 0, shapeSteps - 1);
        shares[std::size_t(step)] += 1.0 / double(quantiles.size());
    }
    return shares;
}

WhatIfInput inputOf(const artifact::Input &input, const drift::Profile &profile) {
    WhatIfInput out;
    out.input = input;
    const auto column = std::find_if(profile.columns.begin(), profile.columns.end(), [&](const auto &c) { return c.name == input.name; });
    if (input.type == data::ColumnType::Category) {
        out.typicalCategory = input.categories.empty() ? QString() : QString::fromStdString(input.categories.front());
        if (column != profile.columns.end() && !column->categories.empty()) {
            const auto most = std::max_element(column->categoryCounts.begin(), column->categoryCounts.end());
            out.typicalCategory = column->categories[std::size_t(most - column->categoryCounts.begin())];
        }
        return out;
    }
    if (column == profile.columns.end() || column->quantiles.size() < 3)
        return out;
    const auto quantile = [&](double share) { return column->quantiles[std::size_t(std::lround(share * double(column->quantiles.size() - 1)))]; };
    out.low = quantile(0.001);
    out.high = quantile(0.999);
    if (!(out.high > out.low)) { // a constant column still needs a slider that moves
        out.low -= 1;
        out.high += 1;
    }
    out.typical = quantile(0.5);
    out.shares = shapeOf(column->quantiles, out.low, out.high);
    return out;
}

QJsonValue jsonOf(const artifact::Input &input, const WhatIfValue &value) {
    if (input.type == data::ColumnType::Category)
        return value.category.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(value.category);
    return value.number ? jsonNumber(*value.number) : QJsonValue(QJsonValue::Null);
}

/// Units of the targets: of the only one the package may know it, else a watch of the workspace ("mae", "mae@t2m") says it.
QStringList unitsOf(const workspace::Model *declared, const artifact::Signature &signature) {
    const QStringList targets = signature.targets();
    QStringList units;
    for (const QString &target : targets) {
        QString unit = signature.unit;
        if (unit.isEmpty() && declared)
            for (const workspace::Model::Watch &watch : declared->watch)
                if (!watch.unit.isEmpty() && !workspace::isSloMetric(watch.metric) && (targets.size() == 1 || watch.metric.endsWith(QLatin1Char('@') + target)))
                    unit = watch.unit;
        units << unit;
    }
    return units;
}

/// An answer that waits for the predictions of a version.
WhatIfAnswer answerOf(const artifact::Signature &signature) {
    WhatIfAnswer answer;
    answer.outputs = signature.classes.empty() ? std::max<std::size_t>(1, signature.outputs.size()) : 1;
    return answer;
}

/// A prediction's numbers in the order of the outputs, or the index of the class. What is not answered is NaN.
void addPrediction(const artifact::Signature &signature, const QJsonValue &prediction, WhatIfAnswer &answer) {
    if (!signature.classes.empty()) {
        const QString label = prediction.isString() ? prediction.toString() : QString::number(prediction.toDouble());
        const auto it = std::find(signature.classes.begin(), signature.classes.end(), label.toStdString());
        answer.labels.push_back(it == signature.classes.end() && prediction.isDouble() && prediction.toInt() < int(signature.classes.size())
                                    ? QString::fromStdString(signature.classes[std::size_t(prediction.toInt())])
                                    : label);
        answer.values.push_back(it == signature.classes.end() ? prediction.toDouble() : double(it - signature.classes.begin()));
        return;
    }
    const QStringList targets = signature.targets();
    const std::size_t steps = std::max<std::size_t>(1, signature.horizon());
    for (std::size_t output = 0; output < answer.outputs; ++output) {
        const QJsonValue target = prediction.isObject() ? prediction.toObject().value(targets.value(qsizetype(output / steps))) : prediction;
        const std::size_t place = prediction.isObject() ? output % steps : output;
        const QJsonValue one = target.isArray() ? target.toArray().at(qsizetype(place)) : place == 0 ? target : QJsonValue();
        answer.values.push_back(one.toDouble(std::nan("")));
    }
}

/// {"rows":[…]}: the answer is a list then, also for one row.
QByteArray rowsBody(const artifact::Signature &signature, const std::vector<std::vector<WhatIfValue>> &rows) {
    QJsonArray list;
    for (const auto &row : rows)
        list.append(rowObject(signature, row));
    return canonicalJson({{QStringLiteral("rows"), list}});
}

} // namespace

QString AskableVersion::unitOf(std::size_t output) const { return units.value(qsizetype(output / std::max<std::size_t>(1, signature.horizon()))); }

double WhatIfAnswer::value(std::size_t row, std::size_t output) const {
    const std::size_t place = row * outputs + output;
    return output < outputs && place < values.size() ? values[place] : std::nan("");
}

Result<AskableVersion> openVersion(const Services &services, const QString &name, int version) {
    PH_ASSIGN(const ModelPlace place, placeOf(services, name));
    const workspace::Model *declared = place.declared;
    PH_ASSIGN(const auto registered, place.packaged(version));
    PH_ASSIGN(const auto package, artifact::openPackage(registered.source));
    AskableVersion out;
    out.model = name;
    out.version = version;
    out.folder = registered.source;
    out.estimator = package.estimator;
    out.modelType = package.modelType;
    out.signature = package.signature;
    out.units = unitsOf(declared, package.signature);
    out.hasSample = QFileInfo::exists(out.folder + QStringLiteral("/sample.csv"));
    out.hasLog = declared && hasLog(services, *declared);
    return out;
}

Result<WhatIfModel> openWhatIf(const Services &services, const QString &name, int version) {
    PH_ASSIGN(AskableVersion described, openVersion(services, name, version));
    const QString file = described.folder + QStringLiteral("/profile.json");
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    PH_ASSIGN(const auto profile, drift::Profile::fromJson(object, file));
    WhatIfModel out{std::move(described), {}};
    for (const artifact::Input &input : out.signature.inputs)
        out.inputs.push_back(inputOf(input, profile));
    return out;
}

QJsonObject rowObject(const artifact::Signature &signature, const std::vector<WhatIfValue> &row) {
    QJsonObject object;
    for (std::size_t i = 0; i < signature.inputs.size() && i < row.size(); ++i)
        object.insert(signature.inputs[i].name, jsonOf(signature.inputs[i], row[i]));
    return object;
}

QStringList columnsOf(const artifact::Signature &signature) {
    QStringList names;
    for (const artifact::Input &input : signature.inputs)
        names << input.name;
    return names;
}

Result<WhatIfAnswer> ask(const ModelEndpoint &endpoint, const artifact::Signature &signature, const std::vector<std::vector<WhatIfValue>> &rows, std::stop_token token) {
    std::vector<QJsonObject> sent;
    for (const auto &row : rows)
        sent.push_back(rowObject(signature, row));
    PH_ASSIGN(const serving::EndpointAnswer reply, endpoint.client->predict(columnsOf(signature), sent, token));
    WhatIfAnswer answer = answerOf(signature);
    answer.milliseconds = reply.milliseconds;
    answer.version = reply.version;
    answer.source = endpoint.url;
    for (const QJsonValue &p : reply.predictions)
        addPrediction(signature, p, answer);
    if (std::all_of(answer.values.begin(), answer.values.end(), [](double value) { return std::isnan(value); })) // or none at all
        return invalid(Text::tr("The endpoint's answer holds no number: %1").arg(QString::fromUtf8(compactJson(reply.predictions.empty() ? QJsonValue() : reply.predictions.front()).left(200))), endpoint.url,
                       Text::tr("Change the profile's output pointer."));
    if (!reply.probabilities.empty()) {
        QJsonArray first = reply.probabilities.front().toArray();
        if (first.size() == 1 && first.first().isArray()) // a list of one row
            first = first.first().toArray();
        for (const QJsonValue &p : first)
            answer.probabilities.push_back(p.toDouble());
    }
    return answer;
}

Result<WhatIfAnswer> askVersion(const Services &services, const QString &model, int version, const artifact::Signature &signature,
                                const std::vector<std::vector<WhatIfValue>> &rows, std::stop_token token) {
    if (rows.empty())
        return invalid(Text::tr("There is no row to ask for."));
    const QTemporaryDir folder; // 0700: rows are a person's data
    if (!folder.isValid())
        return Error{ErrorKind::Internal, Text::tr("No temporary folder can be made."), folder.path(), {}, folder.errorString()};
    const QString file = folder.filePath(QStringLiteral("rows.json"));
    PH_TRY(writeFileAtomically(file, rowsBody(signature, rows)));
    ChildJob job;
    job.program = pilotProgram();
    job.nice = 0; // a person waits for it
    job.arguments = {QStringLiteral("score"), QStringLiteral("%1/%2").arg(model).arg(version), QStringLiteral("--rows"), file,
                     QStringLiteral("--workspace"), services.workspace.file};
    PH_ASSIGN(const QJsonObject reply, runJob(job, {}, token));
    WhatIfAnswer answer = answerOf(signature);
    answer.milliseconds = reply.value(QLatin1String("seconds")).toDouble() * 1000;
    answer.version = QString::number(version);
    answer.source = reply.value(QLatin1String("model")).toString();
    for (const QJsonValue &p : reply.value(QLatin1String("predictions")).toArray())
        addPrediction(signature, p, answer);
    for (const QJsonValue &p : reply.value(QLatin1String("probabilities")).toArray().first().toArray())
        answer.probabilities.push_back(p.toDouble());
    if (answer.values.size() != rows.size() * answer.outputs)
        return Error{ErrorKind::Invalid, Text::tr("The version answered %1 predictions for %2 rows.").arg(answer.values.size() / answer.outputs).arg(rows.size()), answer.source, {}, {}};
    return answer;
}

} // namespace pilothouse::fleet
