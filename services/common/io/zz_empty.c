int chiso_io_empty; 
