"""Composite keys: what a row says of a person, a place or a moment is what its source says."""

from django.db import migrations

BINDINGS = """
alter table workflows_case
    add constraint a_case_belongs_to_one_dossier unique (id, dossier_id);
alter table dossiers_dossier
    add constraint a_dossier_is_of_one_applicant_and_one_person
        unique (id, applicant_id, person_id);

alter table appointments_openingpattern
    add constraint an_opening_needs_the_skill foreign key (counter_id, service_id)
        references appointments_counterskill (counter_id, service_id);
alter table appointments_closure
    add constraint a_closure_is_of_a_site_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id);

alter table appointments_slot
    add constraint a_slot_is_at_a_site_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id),
    add constraint a_slot_is_at_a_counter_of_the_site
        foreign key (counter_id, site_id) references territory_counter (id, site_id),
    add constraint a_slot_needs_a_counter_with_the_skill
        foreign key (counter_id, service_id)
        references appointments_counterskill (counter_id, service_id);

alter table appointments_clearance
    add constraint a_clearance_comes_from_the_step_of_its_case
        foreign key (step_id, case_id, clears) references workflows_step (id, case_id, clears),
    add constraint a_clearance_is_for_the_dossier_of_its_case
        foreign key (case_id, dossier_id) references workflows_case (id, dossier_id),
    add constraint a_clearance_is_for_the_person_of_its_dossier
        foreign key (dossier_id, applicant_id, person_id)
        references dossiers_dossier (id, applicant_id, person_id),
    add constraint a_clearance_asks_for_the_service_of_its_purpose
        foreign key (service_id, purpose) references appointments_service (code, purpose);

alter table appointments_appointment
    add constraint an_appointment_is_what_its_clearance_allows
        foreign key (clearance_id, dossier_id, applicant_id, person_id, prefecture_code, service_id,
             purpose)
        references appointments_clearance
            (id, dossier_id, applicant_id, person_id, prefecture_code, service_id, purpose),
    add constraint an_appointment_is_where_and_when_its_slot_is
        foreign key (slot_id, prefecture_code, site_id, counter_id, service_id, period)
        references appointments_slot
            (id, prefecture_code, site_id, counter_id, service_id, period),
    add constraint an_appointment_takes_an_existing_seat
        foreign key (slot_id, seat_number) references appointments_seat (slot_id, number);

alter table appointments_changerequest
    add constraint a_change_is_asked_for_ones_own_appointment
        foreign key (appointment_id, dossier_id, applicant_id, prefecture_code, site_id)
        references appointments_appointment
            (id, dossier_id, applicant_id, prefecture_code, site_id);

alter table appointments_checkin
    add constraint a_check_in_is_of_that_person_at_that_site
        foreign key (appointment_id, dossier_id, applicant_id, prefecture_code, site_id)
        references appointments_appointment
            (id, dossier_id, applicant_id, prefecture_code, site_id),
    add constraint a_check_in_is_at_a_counter_of_the_site
        foreign key (counter_id, site_id) references territory_counter (id, site_id);
"""

BACK = """
alter table appointments_checkin
    drop constraint a_check_in_is_at_a_counter_of_the_site,
    drop constraint a_check_in_is_of_that_person_at_that_site;
alter table appointments_changerequest
    drop constraint a_change_is_asked_for_ones_own_appointment;
alter table appointments_appointment
    drop constraint an_appointment_takes_an_existing_seat,
    drop constraint an_appointment_is_where_and_when_its_slot_is,
    drop constraint an_appointment_is_what_its_clearance_allows;
alter table appointments_clearance
    drop constraint a_clearance_asks_for_the_service_of_its_purpose,
    drop constraint a_clearance_is_for_the_person_of_its_dossier,
    drop constraint a_clearance_is_for_the_dossier_of_its_case,
    drop constraint a_clearance_comes_from_the_step_of_its_case;
alter table appointments_slot
    drop constraint a_slot_needs_a_counter_with_the_skill,
    drop constraint a_slot_is_at_a_counter_of_the_site,
    drop constraint a_slot_is_at_a_site_of_the_prefecture;
alter table appointments_closure drop constraint a_closure_is_of_a_site_of_the_prefecture;
alter table appointments_openingpattern drop constraint an_opening_needs_the_skill;
alter table dossiers_dossier drop constraint a_dossier_is_of_one_applicant_and_one_person;
alter table workflows_case drop constraint a_case_belongs_to_one_dossier;
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_visits")]
    operations = [migrations.RunSQL(BINDINGS, BACK)]
