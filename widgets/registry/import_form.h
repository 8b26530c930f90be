// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/model_file.h"

#include <QHash>
#include <QWidget>

#include <utility>
#include <vector>

class QLineEdit;

namespace pilothouse::ui {

class Choice;
class Field;

/// What an import needs beside the file itself: the model's name, example rows, and what the file does not say. Which fields there are follows
/// from its kind and the chosen task; their objectNames are "import" and the name of ModelImport's member.
class ImportForm : public QWidget {
    Q_OBJECT
public:
    explicit ImportForm(QWidget *parent = nullptr);
    void setFile(const fleet::ModelFile &file);
    fleet::ModelImport request() const;
    QString lacking() const; ///< what must be filled in first; empty: nothing

Q_SIGNALS:
    void changed();

private:
    QLineEdit *line(const char *name, int row, int column, int columns, const QString &label, const QString &help = {}, const QString &placeholder = {});
    Choice *choice(const char *name, int row, int column, int columns, const QString &label, const std::vector<std::pair<QString, QString>> &words);
    void place(const char *name, QWidget *editor, int row, int column, int columns, const QString &label, const QString &help);
    void chooseRows();
    void showFields();
    bool forecast() const;

    fleet::ModelFile m_file;
    QHash<QString, Field *> m_fields; ///< by name
    QLineEdit *m_model, *m_rows, *m_expected, *m_target, *m_classes, *m_missing, *m_window, *m_horizon, *m_step, *m_series, *m_time, *m_zone;
    Choice *m_task, *m_answers, *m_rounds;
};

} // namespace pilothouse::ui
