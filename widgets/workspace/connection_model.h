// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/connections.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// One connection with what the last look at it found.
struct ConnectionLine {
    workspace::Connection connection;
    std::optional<fleet::ConnectionCheck> check;
    std::optional<Error> error;
    QDateTime looked;
    bool looking = false;
    QStringList usedBy; ///< models that name it
};

class ConnectionModel : public RowsModel<ConnectionLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Name, System, Where, Credential, Mode, UsedBy, Finding, Answered, Speed };
    explicit ConnectionModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const ConnectionLine &row) const override { return row.connection.name; }
    QVariant cell(const ConnectionLine &row, int column, int role) const override;

private:
    QDateTime m_now;
};

State stateOfConnection(const ConnectionLine &line);
QString systemName(const QString &kind); ///< "mlflow" → "MLflow"; an unknown kind as it is
QString modeWord(const workspace::Connection &connection); ///< how writes are asked for

} // namespace pilothouse::ui
