/* The commands of chisoctl, one file each. A command takes its own argument vector (argv[0] is its name) and
 * returns the exit status. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

int command_alerts(int argc, char **argv);
int command_archive(int argc, char **argv);
int command_boundaries(int argc, char **argv);
int command_check_catalogue(int argc, char **argv);
int command_close(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_export(int argc, char **argv);
int command_get(int argc, char **argv);
int command_import(int argc, char **argv);
int command_ledger(int argc, char **argv);
int command_missing(int argc, char **argv);
int command_overview(int argc, char **argv);
int command_quarantine(int argc, char **argv);
int command_rebuild(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_rules(int argc, char **argv);
int command_score(int argc, char **argv);
int command_timeliness(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif
