// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/mlmodel.h"

#include "core/base/clock.h"
#include "core/base/file.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>

static void initPackageResource() { Q_INIT_RESOURCE(package); } // outside any namespace: the macro demands it

namespace pilothouse::artifact {

namespace {

using Q = QLatin1String;
const char *const pythonVersion = "3.11.2"; // Debian 12's; MLflow asks for one and warns only if another runs

/// MLflow's column specification: a JSON list inside a YAML text.
std::string columnSpec(const QJsonArray &columns) { return QJsonDocument(columns).toJson(QJsonDocument::Compact).toStdString(); }

QJsonObject column(const QString &name, const char *type, bool required) {
    return {{Q("type"), Q(type)}, {Q("name"), name}, {Q("required"), required}};
}

bool readsAsNumberOrTruth(const std::string &category) {
    bool number = false;
    const QString text = QString::fromStdString(category);
    text.toDouble(&number);
    return number || text.compare(Q("true"), Qt::CaseInsensitive) == 0 || text.compare(Q("false"), Qt::CaseInsensitive) == 0;
}

/// MLflow's type of an input. pandas makes int64 of a column where only whole numbers stand, and numbers or bool of categories that read so. MLflow
/// refuses these where "double" or "string" is asked for, and floats where "long" is: such inputs are "any", and predict() looks at them itself.
const char *inputType(const Input &input, const Rows &rows, std::size_t column) {
    if (input.type == data::ColumnType::Category)
        return std::all_of(input.categories.begin(), input.categories.end(), readsAsNumberOrTruth) ? "any" : "string";
    for (std::size_t i = 0; i < rows.count; ++i)
        if (const double value = rows.row(i)[column]; std::isfinite(value) && value != std::floor(value))
            return "double";
    return "any";
}

/// What Python needs beside the loader's own code, by who loads the weights.
QStringList requirements(const MlModel &model) {
    if (model.modelType == Q("trees"))
        return {QStringLiteral("numpy"), QStringLiteral("xgboost>=1.7")};
    if (model.modelType == Q("svm") || model.modelType == Q("neighbours"))
        return {QStringLiteral("numpy")};
    if (model.modelType == Q("torch"))
        return {QStringLiteral("torch>=1.12")}; // Debian calls its 1.13 "1.13.0a0", which is less than 1.13
    return {};
}

QString text(const YAML::Node &node) { return node.IsDefined() && node.IsScalar() ? QString::fromStdString(node.Scalar()) : QString(); }

} // namespace

QByteArray writeMlModel(const MlModel &model, const Signature &signature, const Rows &rows) {
    QJsonArray inputs, outputs;
    for (std::size_t k = 0; k < signature.inputs.size(); ++k)
        inputs.append(column(signature.inputs[k].name, inputType(signature.inputs[k], rows, k), !signature.inputs[k].optional));
    for (const QString &output : signature.outputs)
        outputs.append(column(output, signature.classes.empty() ? "double" : "string", true));
    YAML::Emitter out;
    out << YAML::BeginMap;
    out << YAML::Key << "artifact_path" << YAML::Value << "model";
    out << YAML::Key << "flavors" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "pilothouse" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "estimator" << YAML::Value << model.estimator.toStdString();
    out << YAML::Key << "files" << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const QString &file : model.weightFiles)
        out << file.toStdString();
    out << YAML::EndSeq;
    out << YAML::Key << "format" << YAML::Value << 1;
    out << YAML::Key << "model_type" << YAML::Value << model.modelType.toStdString();
    out << YAML::Key << "versions" << YAML::Value << YAML::BeginMap;
    for (auto it = model.versions.begin(); it != model.versions.end(); ++it)
        out << YAML::Key << it.key().toStdString() << YAML::Value << YAML::DoubleQuoted << it.value().toStdString();
    out << YAML::EndMap << YAML::EndMap;
    out << YAML::Key << "python_function" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "code" << YAML::Value << "code";
    out << YAML::Key << "data" << YAML::Value << ".";
    out << YAML::Key << "env" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "conda" << YAML::Value << "conda.yaml";
    out << YAML::Key << "virtualenv" << YAML::Value << "python_env.yaml" << YAML::EndMap;
    out << YAML::Key << "loader_module" << YAML::Value << "pilothouse_model";
    out << YAML::Key << "python_version" << YAML::Value << pythonVersion;
    out << YAML::EndMap << YAML::EndMap;
    out << YAML::Key << "mlflow_version" << YAML::Value << "2.19.0"; // the oldest that reads every field written here; 2.10 what has no type "any"
    out << YAML::Key << "model_uuid" << YAML::Value << YAML::DoubleQuoted << model.uuid.toStdString();
    out << YAML::Key << "run_id" << YAML::Value << YAML::DoubleQuoted << model.runId.toStdString();
    out << YAML::Key << "saved_input_example_info" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "artifact_path" << YAML::Value << "input_example.json";
    out << YAML::Key << "pandas_orient" << YAML::Value << "split";
    out << YAML::Key << "type" << YAML::Value << "dataframe" << YAML::EndMap;
    out << YAML::Key << "signature" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "inputs" << YAML::Value << YAML::SingleQuoted << columnSpec(inputs);
    out << YAML::Key << "outputs" << YAML::Value << YAML::SingleQuoted << columnSpec(outputs);
    out << YAML::Key << "params" << YAML::Value << YAML::Null << YAML::EndMap;
    const QString created = fromIsoUtc(model.created).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")) + QStringLiteral("000");
    out << YAML::Key << "utc_time_created" << YAML::Value << YAML::SingleQuoted << created.toStdString();
    out << YAML::EndMap;
    return QByteArray(out.c_str(), qsizetype(out.size())) + '\n';
}

Result<MlModel> readMlModel(const QString &path) {
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    try {
        const YAML::Node root = YAML::Load(bytes.toStdString());
        const YAML::Node ours = root["flavors"]["pilothouse"];
        if (!ours.IsDefined() || !ours.IsMap())
            return invalid(QStringLiteral("MLmodel has no flavour “pilothouse”: another program made this package."), path,
                           QStringLiteral("Only packages of `pilot train` can be loaded here."));
        MlModel model;
        model.estimator = text(ours["estimator"]);
        model.modelType = text(ours["model_type"]);
        for (const YAML::Node &file : ours["files"])
            model.weightFiles << text(file);
        for (const auto &entry : ours["versions"])
            model.versions.insert(text(entry.first), text(entry.second));
        if (text(ours["format"]) != Q("1"))
            return invalid(QStringLiteral("This package has format %1; this program knows format 1.").arg(text(ours["format"])), path,
                           QStringLiteral("Use a newer Pilothouse."));
        model.runId = text(root["run_id"]);
        model.uuid = text(root["model_uuid"]);
        QDateTime created = QDateTime::fromString(text(root["utc_time_created"]).left(23), QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
        created.setTimeSpec(Qt::UTC);
        model.created = isoUtc(created);
        return model;
    } catch (const YAML::Exception &e) {
        return invalid(QStringLiteral("MLmodel is not readable YAML: %1.").arg(QString::fromStdString(e.msg)),
                       QStringLiteral("%1:%2:%3").arg(path).arg(e.mark.line + 1).arg(e.mark.column + 1));
    }
}

QMap<QString, QByteArray> pythonFiles(const MlModel &model) {
    initPackageResource();
    QFile code(QStringLiteral(":/package/pilothouse_model.py"));
    [[maybe_unused]] const bool there = code.open(QIODevice::ReadOnly);
    Q_ASSERT(there);
    QByteArray pip, conda = "channels:\n- conda-forge\ndependencies:\n- python=3.11\n- pip\n- pip:\n  - mlflow>=2.19\n";
    for (const QString &line : requirements(model)) {
        pip += line.toUtf8() + '\n';
        conda += "  - " + line.toUtf8() + '\n';
    }
    conda += "name: mlflow-env\n";
    return {{QStringLiteral("code/pilothouse_model.py"), code.readAll()},
            {QStringLiteral("requirements.txt"), "mlflow>=2.19\n" + pip},
            {QStringLiteral("conda.yaml"), conda},
            {QStringLiteral("python_env.yaml"), QByteArray("python: ") + pythonVersion + "\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"}};
}

} // namespace pilothouse::artifact
