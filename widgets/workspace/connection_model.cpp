// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/connection_model.h"

#include "widgets/base/format.h"

#include <QHash>

namespace pilothouse::ui {

State stateOfConnection(const ConnectionLine &line) {
    if (line.looking)
        return State::Running;
    if (line.error)
        return State::Bad;
    if (!line.check)
        return State::Unknown;
    return line.check->usedHere ? State::Ok : State::Skipped;
}

QString systemName(const QString &kind) {
    static const QHash<QString, QString> names{{QStringLiteral("mlflow"), QStringLiteral("MLflow")},         {QStringLiteral("jenkins"), QStringLiteral("Jenkins")},
                                               {QStringLiteral("github"), QStringLiteral("GitHub Actions")}, {QStringLiteral("kubeflow"), QStringLiteral("Kubeflow Pipelines")},
                                               {QStringLiteral("azureml"), QStringLiteral("Azure ML")},      {QStringLiteral("kubernetes"), QStringLiteral("Kubernetes")},
                                               {QStringLiteral("prometheus"), QStringLiteral("Prometheus")}, {QStringLiteral("elasticsearch"), QStringLiteral("Elasticsearch")},
                                               {QStringLiteral("s3"), QStringLiteral("S3")},                 {QStringLiteral("vault"), QStringLiteral("Vault")},
                                               {QStringLiteral("slack"), QStringLiteral("Slack")},           {QStringLiteral("git"), QStringLiteral("Git")},
                                               {QStringLiteral("grafana"), QStringLiteral("Grafana")},        {QStringLiteral("images"), ConnectionModel::tr("Image registry")}};
    return kind == QLatin1String("local") ? ConnectionModel::tr("this machine") : names.value(kind, kind);
}

QString modeWord(const workspace::Connection &connection) {
    static const QStringList neverWritten{QStringLiteral("prometheus"), QStringLiteral("elasticsearch"), QStringLiteral("images")};
    if (connection.guard == QLatin1String("read-only") || neverWritten.contains(connection.kind))
        return ConnectionModel::tr("read only");
    return connection.guard == QLatin1String("typed-name") ? ConnectionModel::tr("typed name") : ConnectionModel::tr("asks first");
}

ConnectionModel::ConnectionModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("Name"), left, 150, {}, 0},
                 {tr("System"), left, 120, {}, 0},
                 {tr("Where"), left, 210, {}, 4},
                 {tr("Signs in with"), left, 120, {}, 3},
                 {tr("Mode"), left, 90, tr("How a write is asked for"), 2},
                 {tr("Used by"), left, 130, {}, 1},
                 {tr("Last answer"), left, 0, {}, 0},
                 {tr("Answered"), right, 80, {}, 6},
                 {tr("Speed"), right, 70, {}, 5}};
}

QVariant ConnectionModel::cell(const ConnectionLine &l, int column, int role) const {
    if (role == StateRole)
        return column == Name ? QVariant(int(stateOfConnection(l))) : QVariant();
    if (role == TextStateRole)
        return column == Finding && l.error ? QVariant(int(State::Bad)) : QVariant();
    if (role == StrongRole)
        return column == Name;
    if (role == Qt::ToolTipRole)
        return column == Finding ? (l.error ? l.error->text() : l.check ? l.check->finding : QString()) : column == Where ? fleet::connectionAddress(l.connection) : QString();
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    switch (column) {
    case Name: return l.connection.name;
    case System: return systemName(l.connection.kind);
    case Where: return fleet::connectionAddress(l.connection);
    case Credential: return l.connection.secret.isEmpty() ? tr("none") : tr("secret %1").arg(l.connection.secret);
    case Mode: return modeWord(l.connection);
    case UsedBy: return l.usedBy.join(QStringLiteral(", "));
    case Finding: return l.looking ? tr("looking…") : l.error ? l.error->what : l.check ? l.check->finding : tr("not looked at yet");
    case Answered: return l.looked.isValid() ? age(l.looked, m_now) : tr("never");
    case Speed: return l.check && l.check->seconds > 0 ? tr("%1 ms").arg(number(l.check->seconds * 1000, 2)) : QString();
    default: return {};
    }
}

} // namespace pilothouse::ui
