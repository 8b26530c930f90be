// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package_writer.h"

#include <QJsonArray>

#include <algorithm>
#include <vector>

namespace pilothouse::artifact {

namespace {

using Q = QLatin1String;

QString figure(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toDouble(), 'g', 6) : QStringLiteral("–"); }

QString cell(QString text) { return text.replace(QLatin1Char('|'), QLatin1String("\\|")).replace(QLatin1Char('\n'), QLatin1Char(' ')); }

QString taskSentence(const PackageContents &c) {
    const QString target = c.signature.target;
    switch (c.signature.task) {
    case workspace::TaskKind::Classification: {
        QStringList classes;
        for (const std::string &name : c.signature.classes)
            classes << QString::fromStdString(name);
        return QStringLiteral("Tells which **%1** a row has: %2.").arg(target, classes.join(QLatin1String(", ")));
    }
    case workspace::TaskKind::Forecast:
        return QStringLiteral("Forecasts **%1** for the next %2 step(s) from the steps before.").arg(c.signature.targets().join(QStringLiteral("**, **")), QString::number(c.signature.horizon()));
    case workspace::TaskKind::Regression: break;
    }
    return QStringLiteral("Predicts the number **%1**.").arg(target);
}

QString metricTable(const QJsonObject &metrics, const QString &baseline) {
    const QJsonObject train = metrics.value(Q("train")).toObject(), test = metrics.value(Q("test")).toObject(), naive = metrics.value(Q("baseline")).toObject();
    QString out = QStringLiteral("| metric | test rows | training rows | naive baseline (%1), test rows |\n|---|---|---|---|\n").arg(baseline);
    for (const QString &name : test.keys())
        out += QStringLiteral("| %1 | %2 | %3 | %4 |\n").arg(name, figure(test.value(name)), figure(train.value(name)), figure(naive.value(name)));
    return out;
}

/// Of a forecast of several targets: each one's own figures, in its unit.
QString targetTables(const QJsonArray &targets) {
    QString out;
    for (const QJsonValue &value : targets) {
        const QJsonObject target = value.toObject();
        out += QStringLiteral("\n### %1\n\n%2").arg(target.value(Q("target")).toString(), metricTable(target, target.value(Q("baseline_name")).toString()));
    }
    return out.isEmpty() ? out : QStringLiteral("\nThe figures above are means over the targets, of metrics that have no unit. Each target by itself:\n%1").arg(out);
}

/// @param filled  what becomes of a missing value
QString inputTable(const Signature &signature, const QString &filled) {
    constexpr std::size_t shown = 60;
    QString out = QStringLiteral("| input | type | may be missing |\n|---|---|---|\n");
    for (std::size_t i = 0; i < std::min(signature.inputs.size(), shown); ++i) {
        const Input &input = signature.inputs[i];
        QString type = data::columnTypeName(input.type);
        if (input.type == data::ColumnType::Category)
            type += QStringLiteral(", %1 known").arg(input.categories.size());
        out += QStringLiteral("| %1 | %2 | %3 |\n").arg(cell(input.name), type, input.optional ? filled : QStringLiteral("no"));
    }
    if (signature.inputs.size() > shown)
        out += QStringLiteral("\n… and %1 more; see signature.json.\n").arg(signature.inputs.size() - shown);
    return out;
}

QString gateList(const QJsonArray &gates) {
    QString out;
    for (const QJsonValue &value : gates) {
        const QJsonObject gate = value.toObject();
        out += QStringLiteral("- %1: %2, measured %3\n").arg(gate.value(Q("rule")).toString(), gate.value(Q("passed")).toBool() ? QStringLiteral("passed") : QStringLiteral("**failed**"),
                                                             figure(gate.value(Q("value"))));
    }
    return out.isEmpty() ? QStringLiteral("None.\n") : out;
}

/// What fitting came to: "tree_method: hist", "epochs: 48". The parameters stand in recipe.json.
QString factList(const QJsonObject &facts) {
    QString out;
    for (auto it = facts.begin(); it != facts.end(); ++it)
        if (it->isDouble() || it->isString() || it->isBool())
            out += QStringLiteral("- %1: %2\n").arg(it.key(), it->isString() ? it->toString() : it->isBool() ? (it->toBool() ? QStringLiteral("yes") : QStringLiteral("no")) : figure(*it));
    return out.isEmpty() ? out : QStringLiteral("\n## Fitted\n\n%1").arg(out);
}

QString candidateTable(const QJsonArray &candidates, const QString &select, bool folds) {
    QString out = QStringLiteral("| estimator | %1 on test rows |%2\n|---|---|%3\n").arg(select, folds ? QStringLiteral(" mean ± deviation of the folds |") : QString(), folds ? QStringLiteral("---|") : QString());
    for (const QJsonValue &value : candidates) {
        const QJsonObject candidate = value.toObject(), validation = candidate.value(Q("validation")).toObject();
        const QJsonObject test = candidate.value(Q("metrics")).toObject().value(Q("test")).toObject();
        out += QStringLiteral("| %1 | %2 |").arg(candidate.value(Q("estimator")).toString(), figure(test.value(select)));
        if (folds)
            out += QStringLiteral(" %1 ± %2 |").arg(figure(validation.value(Q("mean")).toObject().value(select)), figure(validation.value(Q("std")).toObject().value(select)));
        out += QLatin1Char('\n');
    }
    return out;
}

/// The best ten trials of a search.
QString searchTable(const QJsonObject &search) {
    const QJsonArray trials = search.value(Q("trials")).toArray();
    std::vector<QJsonObject> order;
    for (const QJsonValue &value : trials)
        if (value.toObject().value(Q("mean")).isDouble())
            order.push_back(value.toObject());
    const bool larger = search.value(Q("larger_is_better")).toBool();
    std::stable_sort(order.begin(), order.end(), [&](const QJsonObject &a, const QJsonObject &b) {
        const double share = a.value(Q("share")).toDouble() - b.value(Q("share")).toDouble(), better = a.value(Q("mean")).toDouble() - b.value(Q("mean")).toDouble();
        return share != 0 ? share > 0 : larger ? better > 0 : better < 0;
    });
    QString out = QStringLiteral("\n## Search\n\n%1 of %2 trials were tried (%3); the best of them:\n\n| trial | estimator | %4 | deviation | rows |\n|---|---|---|---|---|\n")
                      .arg(trials.size()).arg(search.value(Q("drawn")).toInt()).arg(search.value(Q("method")).toString(), search.value(Q("metric")).toString());
    for (std::size_t i = 0; i < std::min<std::size_t>(10, order.size()); ++i) {
        const QJsonObject &trial = order[i];
        QStringList words{trial.value(Q("estimator")).toString()};
        for (const QJsonValue &name : trial.value(Q("searched")).toArray())
            words << name.toString() + QLatin1Char(' ') + trial.value(Q("parameters")).toObject().value(name.toString()).toVariant().toString();
        out += QStringLiteral("| %1 | %2 | %3 | %4 | %5 % |\n").arg(QString::number(trial.value(Q("trial")).toInt()), words.join(QStringLiteral(", ")), figure(trial.value(Q("mean"))), figure(trial.value(Q("std"))),
                                                                     QString::number(trial.value(Q("share")).toDouble() * 100, 'g', 3));
    }
    return out;
}

/// Where an imported model comes from, and whether its answers here were compared with those there.
QString importedLines(const QJsonObject &imported) {
    QString out = QStringLiteral("- **Imported, not trained here**: %1, %2 bytes, SHA-256 %3, made by %4\n")
                      .arg(imported.value(Q("file")).toString(), QString::number(imported.value(Q("bytes")).toInteger()), imported.value(Q("sha256")).toString(), imported.value(Q("made_by")).toString());
    if (imported.value(Q("verified")).toBool())
        return out + QStringLiteral("- Verified: %1 rows give the predictions of the original program, the largest difference is %2\n").arg(imported.value(Q("compared")).toInteger()).arg(figure(imported.value(Q("worst"))));
    return out + QStringLiteral("- **Unverified**: its predictions were not compared with those of the original program\n");
}

/// @param naive  of a forecast the naive models by name, on the same rows
QString importedTable(const QJsonObject &test, const QJsonObject &naive) {
    QString head = QStringLiteral("| metric | rows of the import |"), line = QStringLiteral("|---|---|"), rows;
    for (const QString &name : naive.keys()) {
        head += QStringLiteral(" naive forecast (%1) |").arg(name);
        line += QStringLiteral("---|");
    }
    for (const QString &metric : test.keys()) {
        rows += QStringLiteral("| %1 | %2 |").arg(metric, figure(test.value(metric)));
        for (const QString &name : naive.keys())
            rows += QStringLiteral(" %1 |").arg(figure(naive.value(name).toObject().value(metric)));
        rows += QLatin1Char('\n');
    }
    return head + QLatin1Char('\n') + line + QLatin1Char('\n') + rows;
}

QString importedFigures(const QJsonObject &metrics) {
    const QJsonObject test = metrics.value(Q("test")).toObject();
    if (test.isEmpty())
        return QStringLiteral("Not known: no true values were given with the import. Ask `pilot evaluate`.\n");
    QString out = QStringLiteral("On the rows given with the import:\n\n") + importedTable(test, metrics.value(Q("baselines")).toObject());
    for (const QJsonValue &value : metrics.value(Q("targets")).toArray())
        out += QStringLiteral("\n### %1\n\n%2").arg(value[Q("target")].toString(), importedTable(value[Q("test")].toObject(), value[Q("baselines")].toObject()));
    return out;
}

} // namespace

QByteArray modelCard(const PackageContents &c) {
    QString out = QStringLiteral("# %1\n\n%2\n\n").arg(c.recipe.value(Q("name")).toString(), taskSentence(c));
    out += QStringLiteral("- Estimator: %1\n- Run: %2\n- Made: %3 by %4\n").arg(c.ml.estimator, c.ml.runId, c.ml.created, c.data.value(Q("user")).toString());
    out += QStringLiteral("- Data: %1, %2 rows, SHA-256 %3\n").arg(c.data.value(Q("source")).toString(), QString::number(c.data.value(Q("rows")).toInteger()), c.data.value(Q("sha256")).toString());
    if (const QJsonObject origin = c.data.value(Q("origin")).toObject(); !origin.isEmpty()) {
        QStringList facts;
        for (const char *key : {"url", "version", "etag", "path", "revision", "commit", "remote", "md5", "fetched"})
            if (const QString fact = origin.value(Q(key)).toString(); !fact.isEmpty())
                facts << QLatin1String(key) + QLatin1Char(' ') + fact;
        out += QStringLiteral("- Data fetched from: %1\n").arg(facts.join(QStringLiteral(", ")));
    }
    const QJsonObject imported = c.data.value(Q("imported")).toObject();
    if (!imported.isEmpty())
        out += importedLines(imported);
    out += QStringLiteral("- Split: %1; %2 training rows, %3 test rows\n").arg(c.data.value(Q("split")).toString(), QString::number(c.data.value(Q("train_rows")).toInteger()), QString::number(c.data.value(Q("test_rows")).toInteger()));
    for (auto it = c.ml.versions.begin(); it != c.ml.versions.end(); ++it)
        out += QStringLiteral("- %1 %2\n").arg(it.key(), it.value());
    const QString baseline = c.metrics.value(Q("baseline_name")).toString();
    if (imported.isEmpty())
        out += QStringLiteral("\n## How good it is\n\nThe naive baseline is what one gets without a model; a model that is not better is of no use.\n\n%1").arg(metricTable(c.metrics, baseline)) + targetTables(c.metrics.value(Q("targets")).toArray());
    else
        out += QStringLiteral("\n## How good it is\n\n%1").arg(importedFigures(c.metrics));
    out += QStringLiteral("\n## Gates\n\n%1").arg(gateList(c.metrics.value(Q("gates")).toArray()));
    if (imported.isEmpty())
        out += QStringLiteral("\n## Tried\n\n%1").arg(candidateTable(c.metrics.value(Q("candidates")).toArray(), c.metrics.value(Q("select")).toString(), c.metrics.contains(Q("validation"))));
    if (c.metrics.contains(Q("validation")))
        out += QStringLiteral("\nCross-validated: %1. The transforms were fitted in each fold anew.\n").arg(c.metrics.value(Q("validation")).toObject().value(Q("how")).toString());
    if (const QJsonObject search = c.metrics.value(Q("search")).toObject(); !search.isEmpty())
        out += searchTable(search);
    out += factList(c.model);
    out += QStringLiteral("\n## Inputs\n\n%1").arg(inputTable(c.signature, imported.isEmpty() ? QStringLiteral("yes, it is imputed") : QStringLiteral("yes, the model takes it")));
    out += QStringLiteral("\n## Pre-processing\n\n");
    for (const QJsonValue &step : c.preprocessing.value(Q("steps")).toArray())
        out += QStringLiteral("- %1\n").arg(step.toString());
    for (const QJsonValue &rule : c.preprocessing.value(Q("rules")).toArray())
        out += QStringLiteral("- %1\n").arg(rule.toString());
    out += QStringLiteral("\n## Limits\n\n");
    if (imported.isEmpty())
        out += QStringLiteral("- It knows the ranges and categories of its training rows (profile.json); far outside them its answers are guesses.\n"
                              "- The test rows come from the same file as the training rows: data from another time or place may be harder.\n");
    else
        out += QStringLiteral("- On which rows it was trained is not known here: some of the given rows may be among them, and figures on those are too good.\n"
                              "- profile.json describes the rows that were given with the import, not its training rows.\n");
    for (const QString &note : c.notes)
        out += QStringLiteral("- %1\n").arg(note);
    return out.toUtf8();
}

} // namespace pilothouse::artifact
