$ noodle audit verify --data n1 --certificate n2/node.crt
error 8041: the signature at record 200 is not of this key
